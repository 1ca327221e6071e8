import { More } from './blocks.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Table } from './table.tsx'
import { useView } from './view-context.tsx'

export type Bar = { label: string; values: string[] }

type BarChartProps = {
  /** unique on the page */
  id: string
  title: string
  /** what a reader should see in it, in a sentence */
  description: string
  /** names of the values of every bar: one to three */
  series: string[]
  bars: Bar[]
  /** how a value is written: format.money, format.quantity */
  write: (value: string) => string
  /** heading of the labels in the table */
  label: string
}

const width = 720
const height = 240
const left = 84
const right = 12
const top = 24
const bottom = 28
const gridLines = 4

/** Columns over time or by name, drawn on the server; the figures stand in a table below. Lengths only are approximate. */
export function BarChart({ id, title, description, series, bars, write, label }: BarChartProps) {
  const { t, format } = useView()
  const highest = niceAbove(Math.max(0, ...bars.flatMap((bar) => bar.values.map(Number))))
  const scale = (value: number) => (Math.max(0, value) / highest) * (height - top - bottom)
  const step = (width - left - right) / Math.max(1, bars.length)
  const barWidth = Math.min(44, (step * 0.68) / Math.max(1, series.length))
  return (
    <figure class="chart">
      <figcaption class="chart-title">{title}</figcaption>
      {series.length > 1 && (
        <ul class="chart-legend">
          {series.map((name, index) => (
            <li>
              <svg class="chart-key" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
                <rect class={`bar bar-${index + 1}`} width="12" height="12" rx="2" />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <ScrollRegion kind="chart-region" label={title}>
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>{description}</desc>
          {Array.from({ length: gridLines + 1 }, (_, line) => {
            const value = (highest / gridLines) * line
            const y = height - bottom - scale(value)
            return (
              <g>
                <line class={line === 0 ? 'axis' : 'grid'} x1={left} x2={width - right} y1={y} y2={y} />
                <text class="chart-text chart-end" x={left - 8} y={y + 4}>
                  {format.quantity(axisFigure(value))}
                </text>
              </g>
            )
          })}
          {bars.map((bar, at) => {
            const middle = left + step * (at + 0.5)
            return (
              <g>
                {bar.values.map((value, index) => {
                  const tall = scale(Number(value))
                  return (
                    <rect
                      class={`bar bar-${index + 1}`}
                      x={middle + (index - series.length / 2) * barWidth + 1}
                      y={height - bottom - tall}
                      width={barWidth - 2}
                      height={tall}
                      rx="2"
                    >
                      <title>{`${bar.label}, ${series[index] ?? ''}: ${write(value)}`}</title>
                    </rect>
                  )
                })}
                <text class="chart-text chart-middle" x={middle} y={height - 8}>
                  {bar.label}
                </text>
              </g>
            )
          })}
        </svg>
      </ScrollRegion>
      <More label={t('chart.as_table')}>
        <Table
          id={`${id}-table`}
          caption={title}
          captionHidden
          phone="scroll"
          rows={bars}
          columns={[
            { header: label, cell: (bar) => bar.label, names: true },
            ...series.map((name, index) => ({
              header: name,
              numeric: true,
              cell: (bar: Bar) => write(bar.values[index] ?? '0'),
            })),
          ]}
        />
      </More>
    </figure>
  )
}

/** 1, 2, 4, 5 or 8 times a power of ten: quarters of it are readable too. */
function niceAbove(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value) ?? 10) * power
}

function axisFigure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
