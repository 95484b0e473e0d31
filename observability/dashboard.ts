/** The dashboard as a file that Grafana imports, from `panels.ts`: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
import { GAUGES } from '../gateway/telemetry/metrics/metric-list';
import type { Panel, Row } from './panel';
import { ROWS } from './panels';

/** Grafana 10 and newer. */
const SCHEMA_VERSION = 39;
/** Columns of the grid. */
const WIDTH = 24;
const ACROSS = 3;
const HEIGHTS = { timeseries: 8, stat: 4 } as const;

const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

type Json = Readonly<Record<string, unknown>>;

export function dashboard(): string {
  const document: Json = {
    uid: 'ai-gateway',
    title: 'AI gateway',
    description: 'Calls, providers, money and state of the AI gateway. Its metrics: docs/metrics.md.',
    tags: ['ai-gateway'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: { list: VARIABLES },
    panels: panelsOf(ROWS),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const variable = (name: string, label: string, query: string): Json => ({
  name,
  label,
  type: 'query',
  datasource: DATA_SOURCE,
  query: { query, refId: 'StandardVariableQuery' },
  definition: query,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { selected: true, text: ['All'], value: ['$__all'] },
});

const BUILD = GAUGES.build.name;
const VARIABLES: readonly Json[] = [
  { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
  variable('job', 'Job', `label_values(${BUILD}, job)`),
  variable('instance', 'Process', `label_values(${BUILD}{job=~"$job"}, instance)`),
  variable('model', 'Model', 'label_values(ai_gateway_calls_total{job=~"$job"}, model)'),
];

function panelsOf(rows: readonly Row[]): Json[] {
  const panels: Json[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { h: 1, w: WIDTH, x: 0, y },
      panels: [],
    });
    y += 1;
    for (let at = 0; at < inRow.length; at += ACROSS) {
      const line = inRow.slice(at, at + ACROSS);
      const height = Math.max(...line.map(({ kind }) => HEIGHTS[kind]));
      for (const [column, panel] of line.entries()) {
        const gridPos = { h: height, w: WIDTH / ACROSS, x: (column * WIDTH) / ACROSS, y };
        panels.push({ id: panels.length + 1, gridPos, ...shown(panel) });
      }
      y += height;
    }
  }
  return panels;
}

function shown({ title, description, kind, unit, queries, trouble, isStacked = false }: Panel): Json {
  const steps = [
    { color: 'green', value: null },
    ...(trouble === undefined ? [] : [{ color: 'red', value: trouble }]),
  ];
  return {
    type: kind,
    title,
    description,
    datasource: DATA_SOURCE,
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: DATA_SOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: true,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: unit === 'dateTimeFromNow' ? undefined : 0,
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'timeseries' && { custom: lines(isStacked, trouble !== undefined) }),
      },
      overrides: [],
    },
    options: kind === 'stat' ? STAT : LEGEND,
  };
}

const lines = (isStacked: boolean, hasThreshold: boolean): Json => ({
  drawStyle: 'line',
  lineWidth: 1,
  fillOpacity: isStacked ? 20 : 0,
  showPoints: 'never',
  stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
  thresholdsStyle: { mode: hasThreshold ? 'line' : 'off' },
});

const STAT: Json = {
  colorMode: 'value',
  graphMode: 'area',
  justifyMode: 'auto',
  orientation: 'auto',
  textMode: 'auto',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
};

const LEGEND: Json = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
  tooltip: { mode: 'multi', sort: 'desc' },
};
