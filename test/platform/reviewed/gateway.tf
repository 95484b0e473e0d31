# The AI gateway.

variable "tls_authority_file" {
  type        = string
  description = "PEM file of the authorities that made the certificates, on the machine that runs Terraform."
  nullable    = false
}

resource "docker_volume" "gateway_files" {
  name = "ai-platform-gateway-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "gateway_files" {
  name                  = "ai-platform-gateway-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-gateway-files"
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
    value = "gateway_files"
  }

  upload {
    content     = "postgresql://gateway:${replace(urlencode(var.gateway_database_password), "+", "%20")}@postgres:5432/gateway?sslmode=disable"
    file        = "/given/DATABASE_URL"
    permissions = "0400"
  }
  upload {
    content     = var.gateway_database_password_previous == "" ? "" : "postgresql://gateway:${replace(urlencode(var.gateway_database_password_previous), "+", "%20")}@postgres:5432/gateway?sslmode=disable"
    file        = "/given/DATABASE_URL_PREVIOUS"
    permissions = "0400"
  }
  upload {
    content     = var.gateway_master_key
    file        = "/given/GATEWAY_MASTER_KEY"
    permissions = "0400"
  }
  upload {
    content     = var.workspace_claim_secret
    file        = "/given/WORKSPACE_CLAIM_SECRET"
    permissions = "0400"
  }
  upload {
    content     = var.gateway_master_key_previous
    file        = "/given/GATEWAY_MASTER_KEY_PREVIOUS"
    permissions = "0400"
  }
  upload {
    content     = var.gateway_key_secret
    file        = "/given/GATEWAY_KEY_SECRET"
    permissions = "0400"
  }
  upload {
    content     = var.gateway_key_secret_previous
    file        = "/given/GATEWAY_KEY_SECRET_PREVIOUS"
    permissions = "0400"
  }
  upload {
    content     = var.workspace_claim_secret_previous
    file        = "/given/WORKSPACE_CLAIM_SECRET_PREVIOUS"
    permissions = "0400"
  }
  upload {
    content     = var.coder_token
    file        = "/given/CODER_TOKEN"
    permissions = "0400"
  }
  upload {
    content     = var.anthropic_api_key
    file        = "/given/ANTHROPIC_API_KEY"
    permissions = "0400"
  }
  upload {
    content     = var.aws_access_key_id
    file        = "/given/AWS_ACCESS_KEY_ID"
    permissions = "0400"
  }
  upload {
    content     = var.aws_secret_access_key
    file        = "/given/AWS_SECRET_ACCESS_KEY"
    permissions = "0400"
  }
  upload {
    content     = var.aws_bearer_token_bedrock
    file        = "/given/AWS_BEARER_TOKEN_BEDROCK"
    permissions = "0400"
  }
  upload {
    file        = "/given/authority.pem"
    permissions = "0400"
    source      = var.tls_authority_file
    source_hash = filesha256(var.tls_authority_file)
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.gateway_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "gateway_files ended with a fault: its log says which (docker logs)."
    }
  }
}

variable "gateway_tls_certificate_file" {
  type        = string
  description = "PEM file of the gateway's certificate, with its chain, on the machine that runs Terraform."
  nullable    = false
}

variable "gateway_tls_key_file" {
  type        = string
  description = "PEM file of the key of the gateway's certificate, on the machine that runs Terraform."
  nullable    = false
}

resource "docker_volume" "gateway_tls_files" {
  name = "ai-platform-gateway-tls-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "gateway_tls_files" {
  name                  = "ai-platform-gateway-tls-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-gateway-tls-files"
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
    value = "gateway_tls_files"
  }

  upload {
    file        = "/given/certificate.pem"
    permissions = "0400"
    source      = var.gateway_tls_certificate_file
    source_hash = filesha256(var.gateway_tls_certificate_file)
  }
  upload {
    file        = "/given/key.pem"
    permissions = "0400"
    source      = var.gateway_tls_key_file
    source_hash = filesha256(var.gateway_tls_key_file)
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.gateway_tls_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "gateway_tls_files ended with a fault: its log says which (docker logs)."
    }
  }
}

resource "docker_volume" "gateway_document_files" {
  name = "ai-platform-gateway-document-files"

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
}

resource "docker_container" "gateway_document_files" {
  name                  = "ai-platform-gateway-document-files"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-gateway-document-files"
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
    value = "gateway_document_files"
  }

  upload {
    file        = "/given/config.json"
    permissions = "0400"
    source      = "${path.module}/gateway/config.json"
    source_hash = filesha256("${path.module}/gateway/config.json")
  }

  volumes {
    container_path = "/placed"
    volume_name    = docker_volume.gateway_document_files.name
  }

  lifecycle {
    postcondition {
      condition     = coalesce(self.exit_code, 0) == 0
      error_message = "gateway_document_files ended with a fault: its log says which (docker logs)."
    }
  }
}

resource "docker_container" "gateway_1" {
  name     = "ai-platform-gateway-1"
  image    = docker_image.gateway.image_id
  hostname = "ai-platform-gateway-1"
  user     = "1000:1000"
  command  = ["gateway"]

  env = [
    "AWS_REGION=${var.aws_region}",
    "GATEWAY_AWS_INSTANCE_CREDENTIALS=${var.aws_instance_credentials}",
    "DATABASE_URL_FILE=/run/ai-platform/DATABASE_URL",
    "DATABASE_URL_PREVIOUS_FILE=/run/ai-platform/DATABASE_URL_PREVIOUS",
    "GATEWAY_MASTER_KEY_FILE=/run/ai-platform/GATEWAY_MASTER_KEY",
    "WORKSPACE_CLAIM_SECRET_FILE=/run/ai-platform/WORKSPACE_CLAIM_SECRET",
    "GATEWAY_MASTER_KEY_PREVIOUS_FILE=/run/ai-platform/GATEWAY_MASTER_KEY_PREVIOUS",
    "GATEWAY_KEY_SECRET_FILE=/run/ai-platform/GATEWAY_KEY_SECRET",
    "GATEWAY_KEY_SECRET_PREVIOUS_FILE=/run/ai-platform/GATEWAY_KEY_SECRET_PREVIOUS",
    "WORKSPACE_CLAIM_SECRET_PREVIOUS_FILE=/run/ai-platform/WORKSPACE_CLAIM_SECRET_PREVIOUS",
    "CODER_TOKEN_FILE=/run/ai-platform/CODER_TOKEN",
    "ANTHROPIC_API_KEY_FILE=/run/ai-platform/ANTHROPIC_API_KEY",
    "AWS_ACCESS_KEY_ID_FILE=/run/ai-platform/AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY_FILE=/run/ai-platform/AWS_SECRET_ACCESS_KEY",
    "AWS_BEARER_TOKEN_BEDROCK_FILE=/run/ai-platform/AWS_BEARER_TOKEN_BEDROCK",
    "GATEWAY_HOST=0.0.0.0",
    "GATEWAY_PORT=4000",
    "GATEWAY_ADMIN_HOST=ai-gateway-admin-1",
    "GATEWAY_ADMIN_PORT=4001",
    "GATEWAY_FIRST_DOCUMENT=/run/gateway-document/config.json",
    "GATEWAY_SHUTDOWN_SECONDS=300",
    "GATEWAY_LINGER_SECONDS=5",
    "CODER_URL=https://host.docker.internal:7443",
    "GATEWAY_ADMIN_URL=https://ai-gateway-admin:4001",
    "GATEWAY_ADMIN_KEY_FILE=/run/ai-platform/GATEWAY_MASTER_KEY",
    "GATEWAY_TLS_CERT=/run/gateway-tls/certificate.pem",
    "GATEWAY_TLS_KEY=/run/gateway-tls/key.pem",
    "NODE_EXTRA_CA_CERTS=/run/ai-platform/authority.pem",
  ]

  cpus                  = "2.0"
  destroy_grace_seconds = 320
  init                  = true
  log_driver            = "json-file"
  log_opts              = { max-size = "10m", max-file = "5" }
  memory                = 1024
  memory_swap           = 1024
  read_only             = true
  restart               = "unless-stopped"
  security_opts         = ["no-new-privileges"]
  stop_timeout          = 320
  tmpfs                 = { "/tmp" = "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000" }
  wait                  = true
  wait_timeout          = 300

  capabilities {
    drop = ["ALL"]
  }

  healthcheck {
    interval     = "5s"
    retries      = 12
    start_period = "30s"
    test         = ["CMD", "node", "/opt/contractor-workspace/lib/program/health-check.js"]
    timeout      = "5s"
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "gateway_1"
  }

  networks_advanced {
    aliases = ["ai-gateway", "litellm"]
    name    = docker_network.workspaces.name
  }
  networks_advanced {
    aliases = ["ai-gateway-admin", "ai-gateway-admin-1"]
    name    = docker_network.inner.name
  }
  networks_advanced {
    name = docker_network.edge.name
  }

  volumes {
    container_path = "/run/gateway-document"
    volume_name    = docker_volume.gateway_document_files.name
    read_only      = true
  }
  volumes {
    container_path = "/run/gateway-tls"
    volume_name    = docker_volume.gateway_tls_files.name
    read_only      = true
  }
  volumes {
    container_path = "/run/ai-platform"
    volume_name    = docker_volume.gateway_files.name
    read_only      = true
  }

  lifecycle {
    replace_triggered_by = [docker_container.gateway_files]
  }

  depends_on = [
    docker_container.postgres_accounts,
    docker_container.gateway_document_files,
    docker_container.gateway_tls_files,
    docker_container.gateway_files,
  ]
}

resource "docker_container" "gateway_door" {
  name                  = "ai-platform-gateway-door"
  image                 = docker_image.gateway.image_id
  hostname              = "ai-platform-gateway-door"
  user                  = "1000:1000"
  entrypoint            = ["node", "/opt/contractor-workspace/lib/program/forward.js"]
  command               = ["4001=ai-gateway-admin:4001"]
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
  wait                  = true
  wait_timeout          = 300

  capabilities {
    drop = ["ALL"]
  }

  healthcheck {
    interval     = "5s"
    retries      = 12
    start_period = "30s"

    test = [
      "CMD",
      "node",
      "/opt/contractor-workspace/lib/program/health-check.js",
      "https://127.0.0.1:4001",
    ]

    timeout = "5s"
  }

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }
  labels {
    label = "ai-platform.service"
    value = "gateway_door"
  }

  networks_advanced {
    name = docker_network.edge.name
  }
  networks_advanced {
    name = docker_network.inner.name
  }

  ports {
    internal = 4001
    external = 4001
    ip       = "127.0.0.1"
    protocol = "tcp"
  }

  depends_on = [docker_container.gateway_1]
}
