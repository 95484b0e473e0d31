# Secrets: none has a default, and each is checked before anything is made.

resource "terraform_data" "secrets" {
  lifecycle {
    precondition {
      condition     = nonsensitive(length(var.postgres_password) >= 32)
      error_message = "postgres_password must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(length(var.gateway_database_password) >= 32)
      error_message = "gateway_database_password must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(length(var.coder_database_password) >= 32)
      error_message = "coder_database_password must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(length(var.gateway_master_key) >= 32)
      error_message = "gateway_master_key must have at least 32 characters: make one with \"echo sk-$(openssl rand -hex 32)\"."
    }
    precondition {
      condition     = nonsensitive(startswith(var.gateway_master_key, "sk-"))
      error_message = "gateway_master_key must start with \"sk-\"."
    }
    precondition {
      condition     = nonsensitive(length(var.workspace_claim_secret) >= 32)
      error_message = "workspace_claim_secret must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(var.gateway_master_key_previous == "" || (length(var.gateway_master_key_previous) >= 32))
      error_message = "gateway_master_key_previous must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(var.gateway_key_secret == "" || (length(var.gateway_key_secret) >= 32))
      error_message = "gateway_key_secret must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(var.gateway_key_secret_previous == "" || (length(var.gateway_key_secret_previous) >= 32))
      error_message = "gateway_key_secret_previous must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(var.workspace_claim_secret_previous == "" || (length(var.workspace_claim_secret_previous) >= 32))
      error_message = "workspace_claim_secret_previous must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = nonsensitive(length(trimspace(var.anthropic_api_key)) >= 8)
      error_message = "anthropic_api_key must be given."
    }
    precondition {
      condition     = nonsensitive(var.aws_access_key_id == "" || (length(trimspace(var.aws_access_key_id)) >= 8))
      error_message = "aws_access_key_id must have 8 characters or more, or be empty."
    }
    precondition {
      condition     = nonsensitive(var.aws_secret_access_key == "" || (length(trimspace(var.aws_secret_access_key)) >= 8))
      error_message = "aws_secret_access_key must have 8 characters or more, or be empty."
    }
    precondition {
      condition     = nonsensitive(var.aws_bearer_token_bedrock == "" || (length(trimspace(var.aws_bearer_token_bedrock)) >= 8))
      error_message = "aws_bearer_token_bedrock must have 8 characters or more, or be empty."
    }
    precondition {
      condition     = nonsensitive(var.gateway_database_password_previous == "" || (length(var.gateway_database_password_previous) >= 32))
      error_message = "gateway_database_password_previous must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
    precondition {
      condition     = var.aws_region == "" || (can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}$", var.aws_region)))
      error_message = "aws_region must be a region of AWS such as \"us-east-1\"."
    }
    precondition {
      condition     = var.aws_instance_credentials == "" || (contains(["true", "false"], var.aws_instance_credentials))
      error_message = "aws_instance_credentials must be \"true\", \"false\" or empty."
    }
    precondition {
      condition     = nonsensitive(length(distinct(compact([var.postgres_password, var.gateway_database_password, var.coder_database_password, var.gateway_master_key, var.workspace_claim_secret, var.gateway_master_key_previous, var.gateway_key_secret, var.gateway_key_secret_previous, var.workspace_claim_secret_previous, var.coder_token, var.anthropic_api_key, var.aws_access_key_id, var.aws_secret_access_key, var.aws_bearer_token_bedrock, var.gateway_database_password_previous]))) == length(compact([var.postgres_password, var.gateway_database_password, var.coder_database_password, var.gateway_master_key, var.workspace_claim_secret, var.gateway_master_key_previous, var.gateway_key_secret, var.gateway_key_secret_previous, var.workspace_claim_secret_previous, var.coder_token, var.anthropic_api_key, var.aws_access_key_id, var.aws_secret_access_key, var.aws_bearer_token_bedrock, var.gateway_database_password_previous])))
      error_message = "Two of postgres_password, gateway_database_password, coder_database_password, gateway_master_key, workspace_claim_secret, gateway_master_key_previous, gateway_key_secret, gateway_key_secret_previous, workspace_claim_secret_previous, coder_token, anthropic_api_key, aws_access_key_id, aws_secret_access_key, aws_bearer_token_bedrock, gateway_database_password_previous have the same value: make each one a secret of its own."
    }
  }
}

variable "postgres_password" {
  type        = string
  description = "Password of Postgres's superuser, at least 32 characters."
  sensitive   = true
  nullable    = false
}

variable "gateway_database_password" {
  type        = string
  description = "Password of gateway in Postgres, at least 32 characters."
  sensitive   = true
  nullable    = false
}

variable "coder_database_password" {
  type        = string
  description = "Password of coder in Postgres, at least 32 characters."
  sensitive   = true
  nullable    = false
}

variable "gateway_master_key" {
  type        = string
  description = "The gateway administrator's key: \"sk-\" and at least 32 characters."
  sensitive   = true
  nullable    = false
}

variable "workspace_claim_secret" {
  type        = string
  description = "Shared with the template: its variable of the same name, at least 32 characters."
  sensitive   = true
  nullable    = false
}

variable "gateway_master_key_previous" {
  type        = string
  description = "The former administrator's key while it is changed, accepted too."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "gateway_key_secret" {
  type        = string
  description = "Secret that workspace keys are derived from. Empty: derived from the administrator's key."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "gateway_key_secret_previous" {
  type        = string
  description = "The former one, or the one that is to come, while it is changed."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "workspace_claim_secret_previous" {
  type        = string
  description = "The former secret of the template while it is changed, accepted too."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "coder_token" {
  type        = string
  description = "Coder token for liveness, with the scopes workspace:read, template:read and user:read. Empty: nobody is looked after."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "anthropic_api_key" {
  type        = string
  description = "Key of the provider Anthropic."
  sensitive   = true
  nullable    = false
}

variable "aws_access_key_id" {
  type        = string
  description = "Access key id for Bedrock. Empty: none."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "aws_secret_access_key" {
  type        = string
  description = "Secret access key for Bedrock. Empty: none."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "aws_bearer_token_bedrock" {
  type        = string
  description = "API key of Bedrock, in the place of an access key. Empty: none."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "gateway_database_password_previous" {
  type        = string
  description = "The other password of gateway in Postgres, while it is changed."
  default     = ""
  sensitive   = true
  nullable    = false
}

variable "aws_region" {
  type        = string
  description = "Region of Bedrock. Empty: Bedrock is not asked, and nothing takes over from Anthropic."
  default     = ""
  nullable    = false
}

variable "aws_instance_credentials" {
  type        = string
  description = "\"true\": Bedrock is asked with the role of the EC2 instance that the engine runs on."
  default     = ""
  nullable    = false
}
