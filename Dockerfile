# One image for web, worker and relay. PIP_INDEX_URL may name a mirror at build time; nothing loads from outside later.
FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 VAR_DIR=/var/lib/portal DJANGO_SETTINGS_MODULE=config.settings
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/portal --create-home portal
WORKDIR /srv/portal
COPY requirements.txt ./
ARG PIP_INDEX_URL
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY . .
USER portal
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
