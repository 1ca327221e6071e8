import { sumMoney } from '../money.ts'
import { More } from './blocks.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Table } from './table.tsx'
import { useView } from './view-context.tsx'

export type Flow = { from: string; to: string; amount: string }

type FlowChartProps = {
  /** unique on the page */
  id: string
  title: string
  /** what a reader should see in it, in a sentence */
  description: string
  flows: Flow[]
  /** the page has a table of the same figures right below: on a phone it is enough */
  tabled?: boolean
}

type Node = { name: string; total: number; y: number; tall: number; used: number }

const width = 860
const side = 262
const nodeWidth = 10
const gap = 18
const least = 3
/** So many rows stand open on a phone; more are unfolded by whoever wants them. */
const few = 8

/**
 * Who pays whom: payers on the left, receivers on the right, bands as thick as the amounts. The exact figures stand in a table below;
 * on a phone, where the picture's names could not be read, they stand there alone.
 */
export function FlowChart({ id, title, description, flows, tabled = false }: FlowChartProps) {
  const { t, format } = useView()
  // The figure is read, unlike the lengths: it is exact.
  const sumOf = (which: (flow: Flow) => boolean) => sumMoney(flows.filter(which).map((flow) => flow.amount))
  const payers = totals(flows, (flow) => flow.from)
  const receivers = totals(flows, (flow) => flow.to)
  const sum = flows.reduce((total, flow) => total + Number(flow.amount), 0)
  const thickness = sum === 0 ? 0 : Math.max(160, 26 * Math.max(payers.length, receivers.length)) / sum
  const height = Math.max(stack(payers, thickness), stack(receivers, thickness)) + gap
  const bands = flows.map((flow) => {
    const from = payers.find((node) => node.name === flow.from)!
    const to = receivers.find((node) => node.name === flow.to)!
    const tall = Number(flow.amount) * thickness
    const start = from.y + from.used + tall / 2
    const end = to.y + to.used + tall / 2
    from.used += tall
    to.used += tall
    return { flow, start, end, tall: Math.max(tall, 1.5) }
  })
  const x1 = side + nodeWidth
  const x2 = width - side - nodeWidth
  const middle = (x1 + x2) / 2
  return (
    <figure class={`chart flow-chart${tabled ? ' flow-chart-tabled' : flows.length <= few ? ' flow-chart-few' : ''}`}>
      <figcaption class="chart-title">{title}</figcaption>
      <ScrollRegion kind="chart-region" label={title}>
        <svg viewBox={`0 0 ${width} ${Math.ceil(height)}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>{description}</desc>
          {bands.map(({ flow, start, end, tall }) => (
            <path
              class={`band band-${(payers.findIndex((node) => node.name === flow.from) % 4) + 1}`}
              d={`M${x1} ${start}C${middle} ${start} ${middle} ${end} ${x2} ${end}`}
              stroke-width={tall}
            >
              <title>{t('chart.flow', { from: flow.from, to: flow.to, amount: format.money(flow.amount) })}</title>
            </path>
          ))}
          {payers.map((node, index) => (
            <g>
              <rect
                class={`node node-${(index % 4) + 1}`}
                x={side}
                y={node.y}
                width={nodeWidth}
                height={node.tall}
                rx="2"
              />
              <NodeText
                node={node}
                x={side - 8}
                anchor="chart-end"
                amount={t('chart.paid_by', { amount: format.money(sumOf((flow) => flow.from === node.name)) })}
              />
            </g>
          ))}
          {receivers.map((node) => (
            <g>
              <rect class="node node-receiver" x={x2} y={node.y} width={nodeWidth} height={node.tall} rx="2" />
              <NodeText
                node={node}
                x={x2 + nodeWidth + 8}
                anchor="chart-start"
                amount={t('chart.received_by', { amount: format.money(sumOf((flow) => flow.to === node.name)) })}
              />
            </g>
          ))}
        </svg>
      </ScrollRegion>
      <More label={t('chart.as_table')}>
        <Table
          id={`${id}-table`}
          caption={title}
          captionHidden
          rows={flows}
          columns={[
            { header: t('chart.payer'), cell: (flow) => flow.from, names: true },
            { header: t('chart.receiver'), cell: (flow) => flow.to },
            { header: t('chart.amount'), cell: (flow) => format.money(flow.amount), numeric: true },
          ]}
        />
      </More>
    </figure>
  )
}

function NodeText({ node, x, anchor, amount }: { node: Node; x: number; anchor: string; amount: string }) {
  const y = node.y + node.tall / 2
  return (
    <>
      <text class={`chart-text chart-name ${anchor}`} x={x} y={y - 1}>
        {node.name}
      </text>
      <text class={`chart-text ${anchor}`} x={x} y={y + 14}>
        {amount}
      </text>
    </>
  )
}

function totals(flows: Flow[], nameOf: (flow: Flow) => string): Node[] {
  const nodes = new Map<string, Node>()
  for (const flow of flows) {
    const node = nodes.get(nameOf(flow)) ?? { name: nameOf(flow), total: 0, y: 0, tall: 0, used: 0 }
    node.total += Number(flow.amount)
    nodes.set(node.name, node)
  }
  return [...nodes.values()].sort((a, b) => b.total - a.total || a.name.localeCompare(b.name, 'lv'))
}

/** Gives the nodes of one side their places; answers how tall the side is. */
function stack(nodes: Node[], thickness: number): number {
  let y = gap
  for (const node of nodes) {
    node.tall = Math.max(least, node.total * thickness)
    // A thin node still needs room for its two lines of text.
    const room = Math.max(node.tall, 30)
    node.y = y + (room - node.tall) / 2
    y += room + gap
  }
  return y
}
