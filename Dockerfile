# Build: all dependencies, compiled to dist/.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY prisma ./prisma
COPY src ./src
RUN npm run build

# Production dependencies only; the embedded database is a development dependency and stays out.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# `optional` as well: development dependencies that are optional peers of others (the Prisma CLI, TypeScript) would stay.
RUN npm ci --ignore-scripts --omit=dev --omit=optional

# One program without libraries, which the Kubernetes runtime brings into the containers of servers that speak over stdio.
FROM node:24-slim AS tools
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=tools /bin/busybox /usr/local/bin/busybox
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY package.json ./
USER node
EXPOSE 8080
# Of the service, or of a deployment agent that has AGENT_PORT and no TLS.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.AGENT_PORT ?? process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
