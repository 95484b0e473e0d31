import { Construct } from 'constructs';
import { PulledImage, type ServiceImage } from './service-image';
import type { PlatformNetworks } from './platform-networks';
import type { OutlinedService } from './platform-outline';
import { SecretChecks } from './secret-variable';

export interface PlatformContextProps {
  /** Begins the name of every container, volume and inner network. */
  readonly name: string;
  /** Image of the gateway: what places files and forwards ports is in it as well. */
  readonly gatewayImage: ServiceImage;
  readonly networks: PlatformNetworks;
}

/** What every service of the platform needs to know. */
export class PlatformContext extends Construct {
  readonly name: string;
  readonly networks: PlatformNetworks;
  readonly secrets: SecretChecks;
  readonly gatewayImage: PulledImage;
  /** In the order in which they were made. */
  readonly services: OutlinedService[] = [];
  /** Volumes that Terraform makes. */
  readonly madeVolumes: string[] = [];
  private readonly images = new Map<string, PulledImage>();

  constructor(scope: Construct, id: string, props: PlatformContextProps) {
    super(scope, id);
    this.name = props.name;
    this.networks = props.networks;
    this.secrets = new SecretChecks(this, 'Secrets');
    this.gatewayImage = this.image('gateway', props.gatewayImage);
  }

  /** @param name Terraform name */
  image(name: string, image: ServiceImage): PulledImage {
    const known = this.images.get(name);
    if (known !== undefined) return known;
    const made = new PulledImage(this, `Image-${name}`, { name, image });
    this.images.set(name, made);
    return made;
  }

  /** Name of a container, volume or network of the platform. */
  nameOf(part: string): string {
    return `${this.name}-${part.replaceAll('_', '-')}`;
  }
}
