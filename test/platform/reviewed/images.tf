# Images, by version.

resource "docker_image" "gateway" {
  name         = "contractor-workspace-gateway:1"
  keep_locally = true
}

resource "docker_image" "postgres" {
  name         = "postgres:17.11-bookworm"
  keep_locally = true
}

resource "docker_image" "coder" {
  name         = "ghcr.io/coder/coder:v2.36.1"
  keep_locally = true
}

resource "docker_image" "engine_filter" {
  name         = "tecnativa/docker-socket-proxy:0.3.0"
  keep_locally = true
}
