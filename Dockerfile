FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: `prepare` would build, and what it builds comes only now, so that a change of it leaves this layer as it is.
RUN npm ci --ignore-scripts
COPY tsconfig*.json ./
COPY scripts scripts
COPY specs specs
COPY fixtures fixtures
COPY src src
RUN npm run build

FROM node:24-slim
# Process 1 has no default action for a signal: without an init, one that comes before node
# has its handlers is lost, and `docker stop` then waits ten seconds.
# A volume that is mounted on /data for the first time takes over its owner. There is no VOLUME,
# which would leave one behind for every container of those who keep nothing.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /data
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts, because `prepare` would build and its tools are not here.
RUN npm ci --omit=dev --ignore-scripts && rm -rf /root/.npm
COPY scripts/probe.sh scripts/probe.sh
COPY specs specs
COPY fixtures fixtures
COPY examples/init examples/init
COPY --from=build /app/dist dist

# On 127.0.0.1 a published port would reach nobody.
ENV NODE_ENV=production CREDITS_EMULATOR_HOST=0.0.0.0
EXPOSE 4620 4621 4622 4623 4624 4625
USER node
# Five times a second until it answers once: whoever waits for "healthy" waits that long. The probe sees
# the environment only: a port or a token given as a flag is unknown to it, so give those as
# CREDITS_EMULATOR_PORT and CREDITS_EMULATOR_CONTROL_TOKEN.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --start-interval=200ms --retries=3 \
  CMD ["bash", "/app/scripts/probe.sh"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/cli/main.js"]
CMD ["start"]
