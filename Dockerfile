# Guanxi with its own PostgreSQL, or in front of yours (DATABASE_URL). The data lives in /data.
#   docker build -t guanxi . && docker run --init -p 7250:7250 -v guanxi:/data guanxi
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/prepare.mjs build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=7250 GUANXI_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/web/dist web/dist
RUN ln -s /app/dist/cli/main.js /usr/local/bin/guanxi && chmod +x dist/cli/main.js && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 7250
# Recovery after a crash may take minutes; stopping waits for what was begun.
HEALTHCHECK --start-period=120s --interval=30s --timeout=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["guanxi", "start"]
