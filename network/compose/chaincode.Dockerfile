# The chaincode as a service. `npm run compose:prepare` lays out app/: the release whose digest the packages carry.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
COPY app/ ./
CMD ["node", "--max-semi-space-size=8", "chaincode/dist/server.js"]
