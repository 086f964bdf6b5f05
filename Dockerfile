# syntax=docker/dockerfile:1
# `memcodec serve` in a container: docs/SERVE.md. tests/service/test_deploy.py runs the same steps without Docker.
FROM python:3.13-slim AS made
COPY . /src
RUN python -m venv /opt/memcodec
RUN /opt/memcodec/bin/pip install --no-cache-dir -c /src/constraints.txt "/src[documents,insight,semantic,serve]"

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends libzbar0 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home memcodec && install -d -o memcodec /memories
COPY --from=made /opt/memcodec /opt/memcodec
ENV PATH=/opt/memcodec/bin:$PATH PYTHONUNBUFFERED=1 XDG_STATE_HOME=/memories/.state
USER memcodec
VOLUME /memories
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/opt/memcodec/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/memcodec/bin/memcodec", "serve"]
CMD ["/memories", "--write", "--http", "0.0.0.0:8080", "--tokens", "/run/secrets/tokens"]
