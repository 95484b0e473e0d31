# The stores of Coder, the gateway and Langfuse.

resource "docker_volume" "postgres_files" {
  name = "ai-platform-postgres-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "postgres_files" {
  name                  = "ai-platform-postgres-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-postgres-files"
  user                  = "0:0"
  entrypoint            = ["node", "/opt/contractor-workspace/lib/program/place-files.js"]
  command               = ["999:999"]
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
    value = "postgres_files"
  }

  upload {
    content     = var.postgres_password
    file        = "/given/POSTGRES_PASSWORD"
    permissions = "0400"
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.postgres_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "postgres_files ended with a fault: its log says which (docker logs)."
    }
  }
}

resource "docker_container" "postgres" {
  name     = "ai-platform-postgres"
  image    = docker_image.postgres.image_id
  hostname = "ai-platform-postgres"
  user     = "999:999"

  env = [
    "POSTGRES_PASSWORD_FILE=/run/ai-platform/POSTGRES_PASSWORD",
    "POSTGRES_INITDB_ARGS=--auth-host=scram-sha-256 --data-checksums",
    "PGDATA=/var/lib/postgresql/data/pgdata",
  ]

  cpus                  = "2.0"
  destroy_grace_seconds = 60
  init                  = true
  log_driver            = "json-file"
  log_opts              = { max-size = "10m", max-file = "5" }
  memory                = 1024
  memory_swap           = 1024
  read_only             = true
  restart               = "unless-stopped"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 60

  tmpfs = {
    "/tmp"                = "rw,noexec,nosuid,nodev,size=64m,uid=999,gid=999"
    "/var/run/postgresql" = "rw,noexec,nosuid,nodev,size=1m,uid=999,gid=999"
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
    test         = ["CMD", "pg_isready", "--quiet", "--username=postgres", "--host=127.0.0.1"]
    timeout      = "5s"
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "postgres"
  }

  networks_advanced {
    aliases = ["postgres"]
    name    = docker_network.inner.name
  }

  volumes {
    container_path = "/var/lib/postgresql/data"
    volume_name    = "ai-platform-postgres-data"
  }
  volumes {
    container_path = "/run/ai-platform"
    volume_name    = docker_volume.postgres_files.name
    read_only      = true
  }

  depends_on = [docker_container.postgres_files]
}

resource "docker_volume" "postgres_accounts_files" {
  name = "ai-platform-postgres-accounts-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "postgres_accounts_files" {
  name                  = "ai-platform-postgres-accounts-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-postgres-accounts-files"
  user                  = "0:0"
  entrypoint            = ["node", "/opt/contractor-workspace/lib/program/place-files.js"]
  command               = ["999:999"]
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
    value = "postgres_accounts_files"
  }

  upload {
    content     = var.postgres_password
    file        = "/given/POSTGRES_PASSWORD"
    permissions = "0400"
  }
  upload {
    file        = "/given/postgres-accounts.sh"
    permissions = "0400"
    source      = "${path.module}/files/postgres-accounts.sh"
    source_hash = filesha256("${path.module}/files/postgres-accounts.sh")
  }
  upload {
    file        = "/given/postgres-accounts.sql"
    permissions = "0400"
    source      = "${path.module}/files/postgres-accounts.sql"
    source_hash = filesha256("${path.module}/files/postgres-accounts.sql")
  }
  upload {
    content     = var.gateway_database_password
    file        = "/given/gateway_password"
    permissions = "0400"
  }
  upload {
    content     = var.coder_database_password
    file        = "/given/coder_password"
    permissions = "0400"
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.postgres_accounts_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "postgres_accounts_files ended with a fault: its log says which (docker logs)."
    }
  }
}

resource "docker_container" "postgres_accounts" {
  name                  = "ai-platform-postgres-accounts"
  image                 = docker_image.postgres.image_id
  hostname              = "ai-platform-postgres-accounts"
  user                  = "999:999"
  entrypoint            = ["bash", "/run/ai-platform/postgres-accounts.sh"]
  command               = ["postgres", "gateway", "coder"]
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
  read_only             = true
  restart               = "no"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 30
  tmpfs                 = { "/tmp" = "rw,noexec,nosuid,nodev,size=16m,uid=999,gid=999" }

  capabilities {
    drop = ["ALL"]
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "postgres_accounts"
  }

  networks_advanced {
    name = docker_network.inner.name
  }

  volumes {
    container_path = "/run/ai-platform"
    volume_name    = docker_volume.postgres_accounts_files.name
    read_only      = true
  }

  lifecycle {
    replace_triggered_by = [docker_container.postgres_accounts_files]

    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "postgres_accounts ended with a fault: its log says which (docker logs)."
    }
  }

  depends_on = [docker_container.postgres, docker_container.postgres_accounts_files]
}
