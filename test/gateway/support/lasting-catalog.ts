/** The project's own catalog, of which no provider ends a model: whenever the tests run, the same ones answer. */
import { catalog, type Catalog, type Deployment } from '../../../src/catalog';

const lasting = ({ retiresOn: _, ...deployment }: Deployment): Deployment => deployment;

export const lastingCatalog: Catalog = {
  ...catalog,
  models: catalog.models.map((model) => ({ ...model, deployments: model.deployments.map(lasting) })),
};
