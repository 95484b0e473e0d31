/** Names under which workspaces know the platform's gateway. */
export const GATEWAY_NAMES = ['ai-gateway', 'litellm'] as const;

/** Name of its admin listeners, in the inner network alone. */
export const GATEWAY_ADMIN_NAME = 'ai-gateway-admin';

/** Port on which workspaces reach it. */
export const GATEWAY_PORT = 4000;
