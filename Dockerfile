# The program alone: no shell, no package manager, nobody's root. docs/DEPLOY.md says how to run it.

# The distribution of both images is the same, so that the C library is.
FROM rust:1-bookworm AS build
WORKDIR /pinfold
COPY . .
RUN cargo xtask build && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /pinfold/target/release/pinfold /usr/local/bin/pinfold
COPY --from=build --chown=65532:65532 --chmod=700 /data /data
ENV PINFOLD_DATA_DIR=/data PINFOLD_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["pinfold"]
CMD ["serve"]
