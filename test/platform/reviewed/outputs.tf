# Where it all is.

output "coder_url" {
  description = "Coder."
  value       = "https://host.docker.internal:7443"
}

output "gateway_url" {
  description = "The gateway, from workspaces."
  value       = "https://ai-gateway:4000"
}

output "gateway_admin_url" {
  description = "The gateway, for administrators."
  value       = "https://127.0.0.1:4001"
}
