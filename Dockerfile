FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig*.json ./
COPY src src
COPY scripts scripts
COPY specs specs
COPY fixtures fixtures
# `prepare` makes dist, which is why the sources come first.
RUN npm ci

FROM node:24-slim
# Process 1 has no default action for a signal: without an init, one that comes before node
# has its handlers is lost, and `docker stop` then waits ten seconds.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts, because `prepare` would build and its tools are not here.
RUN npm ci --omit=dev --ignore-scripts && rm -rf /root/.npm
COPY specs specs
COPY fixtures fixtures
COPY examples/init examples/init
COPY --from=build /app/dist dist

# On 127.0.0.1 a published port would reach nobody.
ENV NODE_ENV=production CREDITS_EMULATOR_HOST=0.0.0.0
EXPOSE 4620 4621 4622 4623 4624 4625
USER node
# Short, because the first probe comes after one interval and whoever waits for "healthy" waits
# that long. The probe sees the environment only: a port or a token given as a flag is unknown
# to it, so give those as CREDITS_EMULATOR_PORT and CREDITS_EMULATOR_CONTROL_TOKEN.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "/app/dist/cli/main.js", "healthcheck"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/cli/main.js"]
CMD ["start"]
