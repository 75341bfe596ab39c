# A small image with `ssc` and git, which `ssc check --baseline git:REF` needs. Runs as nobody in /work:
#   docker run --rm -v "$PWD:/work:ro" ssc estimate scenario.yaml
FROM rust:1.90-alpine AS build
# zstd is C.
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin ssc && strip target/release/ssc

FROM alpine:3.22
# Git refuses folders of other owners: /work is somebody else's by design.
RUN apk add --no-cache git && git config --system --add safe.directory /work
COPY --from=build /src/target/release/ssc /usr/local/bin/ssc
COPY --from=build /src/LICENSE /src/LICENSE-APACHE /src/LICENSE-MIT /usr/share/licenses/ssc/
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["ssc"]
