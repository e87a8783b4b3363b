# Till in a container, and its storefront: docker build --target till . and --target storefront. compose.yaml runs both.
#
# Two secrets of the build, for a machine that reaches npm's registry by a mirror or a proxy of its company. Both may be absent, and
# nothing of them stays in an image:
#
#   --secret id=npmrc,src=$HOME/.npmrc                            npm's settings: registry, tokens
#   --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt         certificates that npm trusts besides Node.js's own

# ---- The package, with the desk in it.
FROM debian:12-slim AS package
WORKDIR /src
COPY tools/setup.sh tools/
RUN tools/setup.sh build deb desk
COPY . .
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi && tools/deb.sh

# ---- The storefront. Its pages are built here, so that running it needs no network but Till's. The currency of their prices is part of them.
FROM debian:12-slim AS storefront-build
WORKDIR /src
COPY tools/setup.sh tools/
RUN tools/setup.sh storefront
ARG NEXT_PUBLIC_CURRENCY
COPY clients/typescript clients/typescript
COPY storefront storefront
COPY tools/storefront.sh tools/
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi && tools/storefront.sh build && \
    cd storefront && npm prune --omit=dev --no-audit --no-fund && mkdir -p .next/cache && rm node_modules/.package-lock.json && \
    if [ -d .node ]; then mv .node/node_modules/node/bin/node /usr/local/bin/node; else cp "$(command -v node)" /usr/local/bin/node; fi && rm -rf .node

FROM debian:12-slim AS storefront
RUN useradd --system --uid 10002 --no-create-home storefront
COPY --from=storefront-build /usr/local/bin/node /usr/local/bin/node
COPY --from=storefront-build /src/clients/typescript /srv/clients/typescript
COPY --from=storefront-build /src/storefront /srv/storefront
RUN chown -R storefront /srv/storefront/.next/cache
WORKDIR /srv/storefront
USER 10002
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 TILL_URL=http://till:8000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/robots.txt').then((a) => process.exit(a.status < 500 ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.mjs"]

# ---- Till: the package on a bare Debian, with the libraries that it loads for PostgreSQL, Stripe, mails and webhooks.
FROM debian:12-slim AS till
RUN useradd --system --uid 10001 --home-dir /var/lib/till --create-home --shell /usr/sbin/nologin till
COPY packaging/container/healthy /usr/local/bin/healthy
RUN --mount=type=bind,from=package,source=/src/dist,target=/dist \
    apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /dist/*.deb systemd-standalone-sysusers ca-certificates libcurl4 libpq5 && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
USER 10001
WORKDIR /var/lib/till
VOLUME /var/lib/till
ENV TILL_LISTEN=0.0.0.0:8000 TILL_DB=/var/lib/till/shop.db TILL_LOG=json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["healthy"]
ENTRYPOINT ["till"]
CMD ["serve"]
