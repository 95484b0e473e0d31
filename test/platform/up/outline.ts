import type { PlatformOutline } from '../../../constructs/platform/platform-outline';

/** A small platform, as steps see it. */
export const OUTLINE: PlatformOutline = {
  name: 'plat',
  services: [
    {
      name: 'postgres',
      container: 'plat-postgres',
      image: 'postgres:17',
      memory: 1024,
      ports: [],
      runsOnce: false,
      keptVolumes: ['plat-postgres-data'],
      environment: {},
    },
    {
      name: 'gateway_1',
      container: 'plat-gateway-1',
      image: 'contractor-workspace-gateway:1',
      memory: 1024,
      ports: [],
      runsOnce: false,
      keptVolumes: [],
      environment: {},
    },
  ],
  networks: [
    { resource: 'workspaces', name: 'plat-workspaces', subnetVariable: 'workspace_network_subnet' },
    { resource: 'inner', name: 'plat-inner', subnetVariable: 'inner_network_subnet' },
  ],
  workspaceNetwork: { name: 'plat-workspaces', isOwn: true },
  volumes: ['plat-gateway-files'],
  secrets: [],
  coder: { accessUrl: 'https://coder.example.com', isOwn: false, speaksTls: false },
  gateway: { scheme: 'https', adminAddress: '127.0.0.1', adminPort: 4001, shutdownSeconds: 300 },
  ownsDatabase: true,
  needsTlsFiles: true,
  addresses: {},
};

export const withPort = (external: number, address = '127.0.0.1'): PlatformOutline => ({
  ...OUTLINE,
  services: OUTLINE.services.map((service) => ({
    ...service,
    ports: [{ internal: external, external, address }],
  })),
});
