# syntax=docker/dockerfile:1
# One small image for every role. It builds for the platform that it is asked for:
# docker buildx build --platform linux/amd64,linux/arm64 .

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN rustup target add wasm32-unknown-unknown
# The handlers are built on the way and are inside the program. The caches are no part of the image; each
# architecture has a folder of its own in them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/cache \
    target="/cache/$(uname -m)" \
    && cargo build --release --locked --bin thumbnailify --target-dir "$target" \
    && install -D "$target/release/thumbnailify" /out/thumbnailify \
    && install --directory /out/data /out/handlers

# It has glibc and no shell. Its user is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/thumbnailify /usr/bin/thumbnailify
# A new volume takes over the owner of the folder that it is mounted on.
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/handlers /handlers
WORKDIR /
USER 65532:65532
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/usr/bin/thumbnailify", "health"]
ENTRYPOINT ["/usr/bin/thumbnailify"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
