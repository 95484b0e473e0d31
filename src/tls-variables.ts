/** Variables of the platform's stack that name TLS files of the machine that runs Terraform. */
export const TLS_VARIABLES = {
  coder: { certificate: 'tls_certificate_file', key: 'tls_key_file' },
  gateway: { certificate: 'gateway_tls_certificate_file', key: 'gateway_tls_key_file' },
  /** Authorities that services and workspaces trust besides the public ones. */
  authority: 'tls_authority_file',
} as const;
