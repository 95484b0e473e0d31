/** Where people and workspaces reach a Coder of the platform's own, unless another address is given. */
export const DEFAULT_ACCESS_URL = 'https://host.docker.internal:7443';
