/** What is on its way, for people: the list, one of them, and sending it again. */
import { organisationOf, overseesOthers, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { unreached } from '../jobs/outbox-documents.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { DescriptionList, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { filterOf, SendingQuery } from './api.ts'
import { allChannels, SendInput } from './channel.ts'
import { sendDocument } from './commands.ts'
import { fateText, reasonText, StateBadge, whyText } from './fate.tsx'
import { settingsPages } from './settings-pages.tsx'
import {
  channelsOf,
  counterpartiesOf,
  countSendings,
  getSending,
  listSendings,
  type SendingFilter,
  type SendingRow,
  type State,
  states,
} from './store.ts'
import { webhookPages } from './webhook-pages.tsx'

export function sendingPages(app: App, parts: Parts): void {
  app.get('/sending', requires('sending.read'), async (c) => {
    const asked = askedOf(c)
    const listed = await transact(c.get('ctx'), async (tx) => ({
      rows: await listSendings(tx, asked.filter, { limit: rowsOnPage, after: asked.after }),
      counts: await countSendings(tx, asked.filter),
      counterparties: await counterpartiesOf(tx, asked.filter.of),
      lost: asked.role === 'issued' ? await unreached(tx, organisationOf(c.get('ctx').actor)) : null,
    }))
    return show(c, <SendingsPage view={viewFor(c)} asked={asked} {...listed} />)
  })
  settingsPages(app, parts)
  webhookPages(app, parts)
  const page = async (c: C, state: FormState) => {
    const ctx = c.get('ctx')
    const found = await transact(ctx, async (tx) => {
      const row = await getSending(tx, c.req.param('id')!)
      const own = row.seller_id === organisationOf(ctx.actor)
      const active = own ? (await channelsOf(tx, row.seller_id)).filter((each) => each.active) : []
      return { row, own, active: active.map(({ channel }) => channel) }
    })
    return <SendingPage view={viewFor(c)} state={state} {...found} />
  }
  app.get('/sending/:id', requires('sending.read'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/sending/:id/again', requires('sending.manage'), async (c) => {
    const ctx = c.get('ctx')
    const { document_id } = await transact(ctx, (tx) => getSending(tx, c.req.param('id')))
    return answerForm(c, {
      schema: SendInput,
      kinds: { channel: 'text', recipient: 'text' },
      assemble: ({ channel, recipient }) => ({ document_id, channel, recipient }),
      act: async (input) => `/sending/${(await sendDocument(ctx, input)).id}?done=sent_again`,
      page: (state) => page(c, state),
    })
  })
}

// ---- the list

type Role = 'issued' | 'received' | 'all'
type Asked = { role: Role; filter: SendingFilter; after: string[] | null; values: Record<string, string> }

/** What the address asks for. Who oversees others sees everything in one list. @throws Refusal `invalid_input` */
function askedOf(c: C): Asked {
  const query = readQuery(c, SendingQuery)
  const { role: wanted, state, channel, counterparty_id, cursor } = query
  const ctx = c.get('ctx')
  const role = overseesOthers(ctx.actor) ? (wanted ?? 'all') : (wanted ?? 'issued')
  return {
    role,
    filter: filterOf(query, role === 'all' ? null : { organisation_id: organisationOf(ctx.actor), role }),
    after: readCursor(cursor, ['instant', 'id']),
    values: { state: state ?? '', channel: channel ?? '', counterparty_id: counterparty_id ?? '' },
  }
}

type ListProps = {
  view: View
  asked: Asked
  rows: SendingRow[]
  counts: Record<State, number>
  counterparties: { id: string; name: string }[]
  lost: { refused: number; given_up: number } | null
}

function SendingsPage({ view, asked, rows, counts, counterparties, lost }: ListProps) {
  const { t } = view
  const { role, values } = asked
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.queued_at, row.id])
  const link = (query: Record<string, string>) =>
    addressOf('/sending', { ...(role === 'all' ? {} : { role }), ...query })
  const chosen = Object.values(values).some((value) => value !== '')
  return (
    <Layout
      view={view}
      title={t('sending.list')}
      lead={t(role === 'issued' ? 'sending.lead' : 'sending.lead_all')}
      wide
      actions={
        view.can('sending.configure') && <LinkButton href="/sending/settings">{t('sending.settings')}</LinkButton>
      }
    >
      {role !== 'all' && (
        <Tabs
          label={t('sending.list')}
          tabs={(['issued', 'received'] as const).map((each) => ({
            href: addressOf('/sending', { role: each }),
            text: t(`invoice.role.${each}`),
            current: each === role,
          }))}
        />
      )}
      {lost !== null && lost.refused + lost.given_up > 0 && values.state === '' && (
        <Notice kind="warning" title={t('sending.unreached', { count: lost.refused + lost.given_up })}>
          {(['refused', 'given_up'] as const)
            .filter((state) => lost[state] > 0)
            .map((state) => (
              <p>
                <a href={link({ state })}>{`${t(`sending.state.${state}`)}: ${lost[state]}`}</a>
              </p>
            ))}
        </Notice>
      )}
      <FilterForm action="/sending" values={values}>
        {role !== 'all' && <input type="hidden" name="role" value={role} />}
        <SelectField
          name="state"
          label={t('sending.state')}
          options={states
            .filter((state) => counts[state] > 0 || state === values.state)
            .map((state) => ({ value: state, label: `${t(`sending.state.${state}`)} (${counts[state]})` }))}
        />
        <SelectField
          name="channel"
          label={t('sending.channel')}
          options={allChannels.map((channel) => ({ value: channel, label: t(`sending.channel.${channel}`) }))}
        />
        <SelectField
          name="counterparty_id"
          label={t(`invoice.counterparty.${role}`)}
          options={counterparties.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FilterForm>
      <Table
        caption={t('sending.list')}
        captionHidden
        rows={shown}
        columns={listColumns(view, role)}
        empty={
          <Empty title={t('sending.none')} icon="invoices" action={{ href: '/months', text: t('nav.months') }}>
            {t(chosen ? 'sending.none_found' : 'sending.none_text')}
          </Empty>
        }
      />
      <Pagination {...waysOf(link(values), asked.after, next_cursor)} />
    </Layout>
  )
}

function listColumns(view: View, role: Role): Column<SendingRow>[] {
  const { t } = view
  const seller: Column<SendingRow> = { header: t('invoice.seller'), cell: (row) => row.seller_name }
  const buyer: Column<SendingRow> = { header: t('invoice.buyer'), cell: (row) => row.buyer_name }
  return [
    {
      header: t('sending.document'),
      names: true,
      cell: (row) => (
        <a href={`/sending/${row.id}`}>
          <Unbroken text={row.number} />
        </a>
      ),
    },
    ...(role === 'received' ? [seller] : role === 'issued' ? [buyer] : [seller, buyer]),
    {
      header: t('sending.channel'),
      cell: (row) => [t(`sending.short.${row.channel}`), row.recipient].filter(Boolean).join(', '),
    },
    { header: t('sending.state'), cell: (row) => <StateBadge state={row.state} /> },
    {
      header: t('sending.since'),
      cell: (row) => `${fateText(view, row)} ${whyText(view, row)}`,
    },
  ]
}

// ---- one of them

type PageProps = { view: View; row: SendingRow; own: boolean; active: string[]; state: FormState }

function SendingPage({ view, row, own, active, state }: PageProps) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('sending.one', { number: row.number })}
      status={<StateBadge state={row.state} />}
      breadcrumbs={[{ href: '/sending', text: t('sending.list') }]}
    >
      <DescriptionList items={factsOf(view, row)} />
      {own && view.can('sending.manage') && <Again view={view} row={row} active={active} state={state} />}
    </Layout>
  )
}

function factsOf({ t, format, ...rest }: View, row: SendingRow) {
  const view = { t, format, ...rest }
  const instant = (at: string | null) => (at === null ? null : format.instant(at))
  return [
    {
      term: t('sending.document'),
      text: <a href={`/invoices/${row.document_id}`}>{`${t(`invoice.type.${row.type}`)} ${row.number}`}</a>,
    },
    { term: t('invoice.seller'), text: row.seller_name },
    { term: t('invoice.buyer'), text: row.buyer_name },
    { term: t('sending.channel'), text: t(`sending.channel.${row.channel}`) },
    { term: t('sending.recipient'), text: row.recipient },
    { term: t('sending.queued_at'), text: instant(row.queued_at) },
    { term: t('sending.sent_at'), text: row.state === 'delivered' ? null : instant(row.sent_at) },
    {
      term: t(row.channel === 'download' ? 'sending.downloaded_at' : 'sending.delivered_at'),
      text: instant(row.delivered_at),
    },
    { term: t('sending.attempts'), text: row.attempts === 0 ? null : String(row.attempts) },
    { term: t('sending.next_attempt_at'), text: instant(row.next_attempt_at) },
    { term: t('sending.why'), text: reasonText(view, row.reason) },
    { term: t('sending.answer'), text: row.answer },
    { term: t('sending.reference'), text: row.reference },
  ]
}

function Again({ view, row, active, state }: Omit<PageProps, 'own'>) {
  const { t } = view
  if (row.state === 'queued') return null
  if (active.length === 0)
    return (
      <Notice kind="info" title={t('sending.again_none')}>
        {view.can('sending.configure') && <a href="/sending/settings">{t('sending.settings')}</a>}
      </Notice>
    )
  return (
    <Section title={t('sending.again_title')} lead={t('sending.again_lead')}>
      <Form action={`/sending/${row.id}/again`} state={state}>
        <SelectField
          name="channel"
          label={t('sending.channel')}
          value={active.includes(row.channel) ? row.channel : active[0]!}
          empty={false}
          options={active.map((channel) => ({
            value: channel,
            label: t(`sending.channel.${channel as (typeof allChannels)[number]}`),
          }))}
        />
        {active.includes('email') && (
          <TextField
            name="recipient"
            label={t('sending.recipient')}
            hint={t('sending.recipient_hint')}
            type="email"
            optional
          />
        )}
        <Actions>
          <Button>{t('sending.again')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}
