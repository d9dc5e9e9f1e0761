# The steps of a start that end: channel and seed. `npm run compose:prepare` lays out app/.
ARG NODE_IMAGE
ARG PEER_IMAGE
FROM ${PEER_IMAGE} AS fabric
FROM ${NODE_IMAGE}
COPY --from=fabric /usr/local/bin/peer /usr/local/bin/peer
WORKDIR /app
COPY app/ ./
CMD ["node", "network/dist/compose/main.js", "channel"]
