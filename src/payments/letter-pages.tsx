/** Reminder letters for people: those written and received, each as a file, and writing one now. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { StateBadge } from '../sending/fate.tsx'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { DateText, Money, Unbroken } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { LateFrame } from './interest-pages.tsx'
import { LetterInput } from './letter.ts'
import { answerLetter } from './letter-api.ts'
import { writeReminder } from './letter-commands.ts'
import { letterPdfMaker } from './letter-pdf.ts'
import { latePayers, listLetters, type ShownLetter } from './letter-store.ts'

export function letterPages(app: App, parts: Parts): void {
  const makePdf = letterPdfMaker(parts.loadAsset)
  app.get('/payments/late/letters', requires('payment.read'), async (c) => show(c, await lettersPage(c)))
  app.get('/payments/late/letters/:file{[^/]+\\.pdf}', requires('payment.read'), (c) =>
    answerLetter(c, c.req.param('file'), makePdf, 'inline'),
  )
  app.post('/payments/late/letters', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: LetterInput,
      kinds: {},
      act: async (input, ctx) => {
        await writeReminder(ctx, input)
        return '/payments/late/letters?done=reminder_written'
      },
      page: (state) => lettersPage(c, state),
    }),
  )
}

async function lettersPage(c: C, state?: FormState) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const after = readCursor(c.req.query('cursor'), ['id'])
  const { rows, payers } = await transact(ctx, async (tx) => ({
    rows: await listLetters(tx, { limit: rowsOnPage, after }),
    payers: view.can('payment.manage') ? await latePayers(tx, organisationOf(ctx.actor), ctx.clock.today()) : [],
  }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  return (
    <LateFrame view={view} current="letters">
      <Section title={t('late.letters')} lead={t('late.letters_lead')}>
        <LettersTable view={view} letters={items} />
        <Pagination {...waysOf('/payments/late/letters', after, next_cursor)} />
      </Section>
      {payers.length > 0 && (
        <Section title={t('late.write')} lead={t('late.write_lead')}>
          <Form action="/payments/late/letters" {...(state === undefined ? {} : { state })}>
            <SelectField
              name="buyer_id"
              label={t('late.buyer')}
              options={payers.map(({ id, name }) => ({ value: id, label: name }))}
            />
            <Actions>
              <Button>{t('late.write')}</Button>
            </Actions>
          </Form>
        </Section>
      )}
    </LateFrame>
  )
}

function LettersTable({ view: { t }, letters }: { view: View; letters: ShownLetter[] }) {
  return (
    <Table
      caption={t('late.letters')}
      captionHidden
      rows={letters}
      empty={
        <Empty title={t('late.letters_none')} icon="invoices">
          {t('late.letters_none_text')}
        </Empty>
      }
      columns={[
        {
          header: t('late.letter'),
          names: true,
          cell: (row) => (
            <a href={`/payments/late/letters/${row.id}.pdf`}>
              <Unbroken text={t('letter.number', { number: String(row.number) })} />
            </a>
          ),
        },
        { header: t('late.reminded_on'), cell: (row) => <DateText date={row.written_on} /> },
        { header: t('late.seller'), cell: (row) => row.seller_name },
        { header: t('late.buyer'), cell: (row) => row.buyer_name },
        { header: t('late.letter_documents'), numeric: true, cell: (row) => row.documents },
        { header: t('late.open'), numeric: true, cell: (row) => <Money amount={row.open} /> },
        {
          header: t('late.mailed'),
          cell: (row) => (row.state === null ? t('late.not_mailed') : <StateBadge state={row.state} />),
        },
      ]}
    />
  )
}
