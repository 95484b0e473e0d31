/** Where the gateway's image has its programs; `gateway-image/Dockerfile` puts them there. */
const PROGRAMS = '/opt/contractor-workspace/lib/program';

export const GATEWAY_PROGRAMS = {
  healthCheck: `${PROGRAMS}/health-check.js`,
  placeFiles: `${PROGRAMS}/place-files.js`,
  forward: `${PROGRAMS}/forward.js`,
} as const;

/** Seconds in which one that is told to stop still answers on connections that its clients keep open. */
export const LINGER_SECONDS = 5;

/** Who runs in it. */
export const GATEWAY_USER = '1000:1000';
