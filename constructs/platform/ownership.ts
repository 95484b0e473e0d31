/** Labels by which a platform knows what it has made on an engine, when Terraform's state is not at hand. */

/** Of the platform that something belongs to. */
export const NAME_LABEL = 'ai-platform.name';
/** Of the service that a container is: Terraform's name of it. */
export const SERVICE_LABEL = 'ai-platform.service';

export const labelsOf = (name: string, service?: string): { label: string; value: string }[] => [
  { label: NAME_LABEL, value: name },
  ...(service === undefined ? [] : [{ label: SERVICE_LABEL, value: service }]),
];
