/** Where the gateway's image has its programs; `gateway-image/Dockerfile` puts them there. */
const PROGRAMS = '/opt/contractor-workspace/lib/program';

export const GATEWAY_PROGRAMS = {
  healthCheck: `${PROGRAMS}/health-check.js`,
  placeFiles: `${PROGRAMS}/place-files.js`,
  forward: `${PROGRAMS}/forward.js`,
} as const;

/** Who runs in it. */
export const GATEWAY_USER = '1000:1000';
