import type { Child, PropsWithChildren } from 'hono/jsx'
import { ScrollRegion } from './scroll-region.tsx'
import { useView } from './view-context.tsx'

export type Column<Row> = {
  header: string
  cell: (row: Row) => Child
  /** right aligned, figures under each other */
  numeric?: boolean
  /** names the row: a th for screen readers and the title of its card on a phone */
  names?: boolean
  /** whole sentences: on the card of a phone they stand under their label, from the left */
  sentence?: boolean
  /** what stands under the column in the last line */
  total?: Child
  /** hides the header from sight, not from screen readers: a column of buttons */
  bare?: boolean
}

type TableProps<Row> = {
  caption: string
  columns: Column<Row>[]
  rows: Row[]
  /** instead of the table when there are no rows */
  empty?: Child
  /** on a phone: rows become cards, or the table scrolls sideways */
  phone?: 'cards' | 'scroll'
  /** the page already says what the table is */
  captionHidden?: boolean
  /** tells two tables of one caption apart; htmx target */
  id?: string
  /** shaded: a weekend, a public holiday; what it is must also be said in words */
  rest?: (row: Row) => boolean
}

/** The roles repeat what a table is, because cards on a phone are laid out with display: block, which takes them away. */
const role = (name: string) => ({ role: name })

export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
  phone = 'cards',
  captionHidden,
  id,
  rest,
}: TableProps<Row>) {
  const { t } = useView()
  if (rows.length === 0 && empty) return <div id={id}>{empty}</div>
  const tableId = id ?? `table-${slug(caption)}`
  const totals = columns.some((column) => column.total !== undefined)
  const table = (
    <table class="table" {...role('table')}>
      <caption class={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
      <thead {...role('rowgroup')}>
        <tr {...role('row')}>
          {columns.map((column) => (
            <th scope="col" class={column.numeric ? 'numeric' : undefined} {...role('columnheader')}>
              {column.bare ? <span class="visually-hidden">{column.header}</span> : column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...role('rowgroup')}>
        {rows.map((row) => (
          <tr class={rest?.(row) ? 'row-rest' : undefined} {...role('row')}>
            {columns.map((column) => (
              <Cell column={column}>{column.cell(row)}</Cell>
            ))}
          </tr>
        ))}
      </tbody>
      {totals && (
        <tfoot {...role('rowgroup')}>
          <tr {...role('row')}>
            {columns.map((column, index) => (
              <td
                class={column.numeric ? 'numeric' : undefined}
                data-label={column.total === undefined ? undefined : column.header}
                {...role('cell')}
              >
                {column.total ?? (index === 0 ? t('table.total') : '')}
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  )
  if (phone === 'cards')
    return (
      <div id={tableId} class="table-region table-cards">
        {table}
      </div>
    )
  return (
    <ScrollRegion id={tableId} kind="table-region table-scroll" label={t('table.scroll', { caption })}>
      {table}
    </ScrollRegion>
  )
}

function Cell<Row>({ column, children }: { column: Column<Row>; children?: Child }) {
  if (column.names) {
    return (
      <th scope="row" {...role('rowheader')}>
        {children}
      </th>
    )
  }
  return (
    <td
      class={column.numeric ? 'numeric' : column.sentence ? 'sentence' : undefined}
      data-label={column.bare ? undefined : column.header}
      {...role('cell')}
    >
      {children}
    </td>
  )
}

/** What a cell says, and under it what belongs to it: fewer columns, and both are found at a glance. */
export function TwoLines({ under, children }: PropsWithChildren<{ under: Child }>) {
  return (
    <div class="two-lines">
      <div>{children}</div>
      {under && <div class="muted">{under}</div>}
    </div>
  )
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')
}
