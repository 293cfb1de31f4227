# The image of web, worker and beat. What it is told to be (`web`, `worker`, `beat`,
# `migrate`) is started by the same commands that `make run` uses: cem/local/commands.py.

FROM node:22-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --prefer-binary -r requirements/base.txt
COPY . .
COPY --from=browser /app/node_modules node_modules
# A secret is asked for, and nothing built here is signed with it.
RUN /venv/bin/python -m cem.local.translations --compile \
    && SECRET_KEY=build STATIC_ROOT=/app/static-built CEM_HOME=/tmp/home \
       /venv/bin/python -m cem.local static \
    && rm -rf node_modules \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin cem \
    && install -d -o cem -g cem /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CEM_HOME=/data \
    STATIC_ROOT=/app/static-built \
    WEB_HOST=0.0.0.0 \
    PORT=8000
USER cem
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "cem.local"]
CMD ["web"]
