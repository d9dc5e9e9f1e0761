# A member's gateway. `npm run compose:prepare` lays out app/.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
WORKDIR /app
COPY app/ ./
CMD ["node", "--enable-source-maps", "--max-semi-space-size=16", "gateway-api/dist/main.js"]
