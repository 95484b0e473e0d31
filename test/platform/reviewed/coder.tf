# Coder, with its own AI switched off.

variable "tls_certificate_file" {
  type        = string
  description = "PEM file of Coder's certificate, with its chain, on the machine that runs Terraform."
  nullable    = false
}

variable "tls_key_file" {
  type        = string
  description = "PEM file of the key of Coder's certificate, on the machine that runs Terraform."
  nullable    = false
}

resource "docker_volume" "coder_files" {
  name = "ai-platform-coder-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "coder_files" {
  name                  = "ai-platform-coder-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-coder-files"
  user                  = "0:0"
  entrypoint            = ["node", "/opt/contractor-workspace/lib/program/place-files.js"]
  command               = ["1000:1000"]
  attach                = true
  cpus                  = "0.5"
  destroy_grace_seconds = 30
  init                  = true
  log_driver            = "json-file"
  log_opts              = { max-size = "10m", max-file = "5" }
  logs                  = true
  memory                = 128
  memory_swap           = 128
  must_run              = false
  network_mode          = "none"
  read_only             = false
  restart               = "no"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 30

  capabilities {
    add  = ["CAP_CHOWN"]
    drop = ["ALL"]
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "coder_files"
  }

  upload {
    file        = "/given/with-secrets.sh"
    permissions = "0400"
    source      = "${path.module}/files/with-secrets.sh"
    source_hash = filesha256("${path.module}/files/with-secrets.sh")
  }
  upload {
    content     = "postgresql://coder:${replace(urlencode(var.coder_database_password), "+", "%20")}@postgres:5432/coder?sslmode=disable"
    file        = "/given/CODER_PG_CONNECTION_URL"
    permissions = "0400"
  }
  upload {
    file        = "/given/certificate.pem"
    permissions = "0400"
    source      = var.tls_certificate_file
    source_hash = filesha256(var.tls_certificate_file)
  }
  upload {
    file        = "/given/key.pem"
    permissions = "0400"
    source      = var.tls_key_file
    source_hash = filesha256(var.tls_key_file)
  }
  upload {
    file        = "/given/authority.pem"
    permissions = "0400"
    source      = var.tls_authority_file
    source_hash = filesha256(var.tls_authority_file)
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.coder_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "coder_files ended with a fault: its log says which (docker logs)."
    }
  }
}

resource "docker_container" "engine_filter" {
  name     = "ai-platform-engine-filter"
  image    = docker_image.engine_filter.image_id
  hostname = "ai-platform-engine-filter"

  env = [
    "CONTAINERS=1",
    "IMAGES=1",
    "NETWORKS=1",
    "VOLUMES=1",
    "INFO=1",
    "POST=1",
    "EXEC=0",
    "LOG_LEVEL=warning",
  ]

  cpus                  = "0.5"
  destroy_grace_seconds = 30
  init                  = true
  log_driver            = "json-file"
  log_opts              = { max-size = "10m", max-file = "5" }
  memory                = 128
  memory_swap           = 128
  read_only             = true
  restart               = "unless-stopped"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 30

  tmpfs = {
    "/run" = "rw,noexec,nosuid,nodev,size=1m,uid=0,gid=0"
    "/tmp" = "rw,noexec,nosuid,nodev,size=1m,uid=0,gid=0"
  }

  wait         = true
  wait_timeout = 300

  capabilities {
    drop = ["ALL"]
  }

  healthcheck {
    interval     = "5s"
    retries      = 12
    start_period = "30s"
    test         = ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2375/version"]
    timeout      = "5s"
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "engine_filter"
  }

  networks_advanced {
    aliases = ["engine"]
    name    = docker_network.engine.name
  }

  volumes {
    container_path = "/var/run/docker.sock"
    host_path      = "/var/run/docker.sock"
  }
}

resource "docker_container" "coder" {
  name       = "ai-platform-coder"
  image      = docker_image.coder.image_id
  hostname   = "ai-platform-coder"
  user       = "1000:1000"
  entrypoint = ["sh", "/run/ai-platform/with-secrets.sh"]
  command    = ["/opt/coder", "server"]

  env = [
    "CODER_ACCESS_URL=https://host.docker.internal:7443",
    "CODER_HTTP_ADDRESS=127.0.0.1:7080",
    "CODER_TLS_ENABLE=true",
    "CODER_TLS_ADDRESS=0.0.0.0:7443",
    "CODER_TLS_CERT_FILE=/run/ai-platform/certificate.pem",
    "CODER_TLS_KEY_FILE=/run/ai-platform/key.pem",
    "CODER_TLS_MIN_VERSION=tls12",
    "SSL_CERT_DIR=/run/ai-platform",
    "CODER_SECURE_AUTH_COOKIE=true",
    "CODER_TELEMETRY_ENABLE=false",
    "CODER_PROMETHEUS_ENABLE=false",
    "CODER_PPROF_ENABLE=false",
    "CODER_UPDATE_CHECK=false",
    "DOCKER_HOST=tcp://engine:2375",
    "CODER_AIBRIDGE_ENABLED=false",
    "CODER_HIDE_AI_TASKS=true",
    "CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE=false",
  ]

  cpus                  = "2.0"
  destroy_grace_seconds = 60
  init                  = true
  log_driver            = "json-file"
  log_opts              = { max-size = "10m", max-file = "5" }
  memory                = 2048
  memory_swap           = 2048
  read_only             = false
  restart               = "unless-stopped"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 60
  wait                  = true
  wait_timeout          = 300

  capabilities {
    drop = ["ALL"]
  }

  healthcheck {
    interval     = "5s"
    retries      = 12
    start_period = "1m0s"
    test         = ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:7080/healthz"]
    timeout      = "5s"
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "coder"
  }

  networks_advanced {
    aliases = ["coder"]
    name    = docker_network.workspaces.name
  }
  networks_advanced {
    aliases = ["coder", "host.docker.internal"]
    name    = docker_network.inner.name
  }
  networks_advanced {
    name = docker_network.edge.name
  }
  networks_advanced {
    name = docker_network.engine.name
  }

  ports {
    internal = 7443
    external = 7443
    ip       = "127.0.0.1"
    protocol = "tcp"
  }
  ports {
    internal = 7443
    external = 7443
    ip       = "172.17.0.1"
    protocol = "tcp"
  }

  volumes {
    container_path = "/home/coder"
    volume_name    = "ai-platform-coder-home"
  }
  volumes {
    container_path = "/run/ai-platform"
    volume_name    = docker_volume.coder_files.name
    read_only      = true
  }

  lifecycle {
    replace_triggered_by = [docker_container.coder_files]
  }

  depends_on = [
    docker_container.postgres_accounts,
    docker_container.engine_filter,
    docker_container.coder_files,
  ]
}
