# A member's gateway. `npm run compose:prepare` lays out app/.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
WORKDIR /app
COPY app/ ./
CMD ["node", "--enable-source-maps", "gateway-api/dist/main.js"]
