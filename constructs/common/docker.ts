/**
 * The docker provider's bindings that templates use, under names that stand alone. Imported type by type: the
 * package's index would load every type it has.
 */

export { DockerProvider } from '@cdktf/provider-docker/lib/provider/index.js';
export type {
  DockerProviderConfig,
  DockerProviderRegistryAuth,
} from '@cdktf/provider-docker/lib/provider/index.js';

// Resources
export { Container as DockerContainer } from '@cdktf/provider-docker/lib/container/index.js';
export type {
  ContainerCapabilities as DockerContainerCapabilities,
  ContainerConfig as DockerContainerConfig,
  ContainerDevices as DockerContainerDevices,
  ContainerHealthcheck as DockerContainerHealthcheck,
  ContainerHost as DockerContainerHost,
  ContainerLabels as DockerContainerLabels,
  ContainerMounts as DockerContainerMounts,
  ContainerNetworksAdvanced as DockerContainerNetworksAdvanced,
  ContainerPorts as DockerContainerPorts,
  ContainerUlimit as DockerContainerUlimit,
  ContainerUpload as DockerContainerUpload,
  ContainerVolumes as DockerContainerVolumes,
} from '@cdktf/provider-docker/lib/container/index.js';
export { Image as DockerImage } from '@cdktf/provider-docker/lib/image/index.js';
export type {
  ImageBuild as DockerImageBuild,
  ImageConfig as DockerImageConfig,
} from '@cdktf/provider-docker/lib/image/index.js';
export { Network as DockerNetwork } from '@cdktf/provider-docker/lib/network/index.js';
export type {
  NetworkConfig as DockerNetworkConfig,
  NetworkIpamConfig as DockerNetworkIpamConfig,
  NetworkLabels as DockerNetworkLabels,
} from '@cdktf/provider-docker/lib/network/index.js';
export { Volume as DockerVolume } from '@cdktf/provider-docker/lib/volume/index.js';
export type {
  VolumeConfig as DockerVolumeConfig,
  VolumeLabels as DockerVolumeLabels,
} from '@cdktf/provider-docker/lib/volume/index.js';
