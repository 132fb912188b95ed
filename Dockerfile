# Another mirror, or a digest, which the workflow pins: --build-arg BASE=node:24-slim@sha256:...
ARG BASE=node:24-slim

FROM ${BASE} AS build
# The user and the folder of the image that runs: Node keeps the code that the build compiles by user, version and processor.
RUN install -d -o node -g node /app
WORKDIR /app
USER node
COPY --chown=node:node package.json package-lock.json ./
# Without scripts: ours would build, and what it builds comes only now, so that a change of it leaves this layer as it is.
RUN npm ci --ignore-scripts
COPY --chown=node:node tsconfig*.json redocly.yaml ./
COPY --chown=node:node scripts scripts
COPY --chown=node:node specs specs
COPY --chown=node:node fixtures fixtures
COPY --chown=node:node src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
# Process 1 has no default action for a signal: without an init, one that comes before node
# has its handlers is lost, and `docker stop` then waits ten seconds.
# What apt keeps to be quick the next time is more than everything of ours.
# A volume that is mounted on /data for the first time takes over its owner. There is no VOLUME,
# which would leave one behind for every container of those who keep nothing.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/* \
  && install -d -o node -g node /data
WORKDIR /app
COPY package.json LICENSE ./
COPY scripts/probe.sh scripts/
COPY specs specs
COPY fixtures fixtures
COPY examples/init examples/init
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist

# On 127.0.0.1 a published port would reach nobody. With CREDITS_EMULATOR_IMAGE two things are otherwise where
# nobody has said how they are to be: files in /fixtures are the fixtures, and, unless state is kept on disk,
# a sandbox goes that had no request for an hour. See src/config/settings.ts.
ENV NODE_ENV=production CREDITS_EMULATOR_HOST=0.0.0.0 CREDITS_EMULATOR_IMAGE=true
EXPOSE 4620 4621 4622 4623 4624 4625
# Where a file with settings is looked for, and what `--fixtures shop.yaml` is beside.
WORKDIR /fixtures
USER node
# Five times a second until it answers once: whoever waits for "healthy" waits that long. The probe sees
# the environment only: a port or a token given as a flag is unknown to it, so give those as
# CREDITS_EMULATOR_PORT and CREDITS_EMULATOR_CONTROL_TOKEN.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --start-interval=200ms --retries=3 \
  CMD ["bash", "/app/scripts/probe.sh"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/cli/main.js"]
CMD ["start"]

# Last, because they are other ones for every build. The workflow adds where the source is.
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="credits-emulator" \
  org.opencontainers.image.description="One process that answers like real credits services, for tests, CI and demonstrations." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="${BASE}"
