/** On a document's page: what is open of it, what settled it, and where it is booked. */
import { type Context, may } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { BesideDocument } from '../http/app.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import { DateText, Money, Stat, Stats } from '../ui/figures.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type DocumentSettling, type OpenItem, openItems, settlingsOfDocument } from './store.ts'
import { sourceWords } from './words.tsx'

export const besideLedger: BesideDocument = async (tx: Tx, ctx: Context, document) => {
  if (!may(ctx.actor, 'ledger.read')) return () => ({})
  const [item] = await openItems(tx, { document_ids: [document.id] })
  if (item === undefined) return () => ({})
  const settlings = await settlingsOfDocument(tx, document)
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  const creditor = own === (item.type === 'invoice' ? item.seller_id : item.buyer_id)
  return (view) => ({ below: <Beside view={view} item={item} settlings={settlings} creditor={creditor} /> })
}

function Beside({
  view,
  item,
  settlings,
  creditor,
}: {
  view: View
  item: OpenItem
  settlings: DocumentSettling[]
  creditor: boolean
}) {
  const { t, format, can } = view
  const { document_id, type, total, settled, open } = item
  const done = open === '0.00'
  return (
    <Section
      title={t('ledger.beside')}
      actions={
        <Actions>
          <LinkButton href={`/ledger?document_id=${document_id}`} kind="quiet">
            {t('ledger.beside_to_entries')}
          </LinkButton>
          {creditor && !done && can('ledger.write_off') && (
            <LinkButton href={`/invoices/${document_id}/write-off`} kind="quiet">
              {t('ledger.beside_to_write_off')}
            </LinkButton>
          )}
        </Actions>
      }
    >
      <Stats>
        <Stat
          label={
            done
              ? t('ledger.beside_settled')
              : t(type === 'invoice' ? 'ledger.beside_open' : 'ledger.beside_open_credit')
          }
          value={<Money amount={open} strong />}
          hint={t('ledger.beside_settled_of', { settled: format.money(settled), total: format.money(total) })}
          {...(done ? { tone: 'good' as const } : {})}
        />
      </Stats>
      {settlings.length > 0 && (
        <Table
          caption={t('ledger.beside_lines')}
          rows={settlings}
          columns={[
            { header: t('ledger.booked_on'), names: true, cell: (row) => <DateText date={row.booked_on} /> },
            {
              header: t('ledger.what'),
              cell: (row) => (
                <>
                  {sourceWords(view, row.way)}{' '}
                  {(row.reversed || row.amount.startsWith('-')) && (
                    <Badge tone="quiet">{t('ledger.beside_taken_back')}</Badge>
                  )}
                </>
              ),
            },
            { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
          ]}
        />
      )}
    </Section>
  )
}
