"""The WSGI entry: `gunicorn wsgi:app`. The web application with the box mounted beside it, each on its own file."""

from api.serve import wsgi

app = wsgi()
