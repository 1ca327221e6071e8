/** The keys with which other programs work on behalf of one's own organisation. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { DateField, RadioField, TextField } from '../ui/field.tsx'
import { DateText } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { createToken, revokeToken } from './commands.ts'
import { rolesIn } from './permissions.ts'
import { ShownOnce } from './shown-once.tsx'
import { getOrganisation, listTokens, type OrganisationRow, type TokenRow } from './store.ts'
import { TokenInput } from './token.ts'

export function tokenPages(app: App, parts: Parts): void {
  app.get('/tokens', requires('token.manage'), async (c) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const { organisation, rows } = await transact(ctx, async (tx) => ({
      organisation: await getOrganisation(tx, own),
      rows: await listTokens(tx, own, { limit: 1000, after: null }),
    }))
    const now = ctx.clock.now().toISOString()
    return show(c, <TokensPage view={viewFor(c)} organisation={organisation} rows={rows} now={now} />)
  })
  const adding = async (c: C, state: FormState) => {
    const ctx = c.get('ctx')
    const organisation = await transact(ctx, (tx) => getOrganisation(tx, organisationOf(ctx.actor)))
    return <AddTokenPage view={viewFor(c)} organisation={organisation} state={state} />
  }
  app.get('/tokens/new', requires('token.manage'), async (c) => show(c, await adding(c, { values: {}, errors: [] })))
  app.post('/tokens/new', requires('token.manage'), (c) =>
    answerForm(c, {
      schema: TokenInput,
      kinds: { expires_on: 'date' },
      act: async (input) => {
        const { token, text } = await createToken(c.get('ctx'), parts.secret, input)
        c.header('cache-control', 'no-store')
        return show(c, <TokenMadePage view={viewFor(c)} token={token} text={text} />, 201)
      },
      page: (state) => adding(c, state),
    }),
  )
  app.post('/tokens/:id/revoke', requires('token.manage'), async (c) => {
    await revokeToken(c.get('ctx'), c.req.param('id'))
    return c.redirect('/tokens?done=token_revoked', 303)
  })
}

function stateOf(token: TokenRow, now: string): 'active' | 'expired' | 'revoked' {
  if (token.revoked_at !== null) return 'revoked'
  return token.expires_at !== null && token.expires_at <= now ? 'expired' : 'active'
}

function TokensPage({
  view,
  organisation,
  rows,
  now,
}: {
  view: View
  organisation: OrganisationRow
  rows: TokenRow[]
  now: string
}) {
  const { t, format } = view
  const add = { href: '/tokens/new', text: t('token.add') }
  return (
    <Layout
      view={view}
      title={t('token.list')}
      lead={t('token.lead')}
      actions={
        rows.length > 0 && (
          <LinkButton href={add.href} kind="primary" icon="plus">
            {add.text}
          </LinkButton>
        )
      }
    >
      <Table
        caption={t('token.list_caption', { organisation: organisation.name })}
        rows={rows}
        empty={
          <Empty icon="tokens" title={t('token.none')} action={add}>
            {t('token.none_text')}
          </Empty>
        }
        columns={[
          { header: t('token.name'), names: true, cell: (row) => row.name },
          { header: t('token.role'), cell: (row) => t(`role.${row.role}`) },
          { header: t('token.state'), cell: (row) => <State token={row} now={now} /> },
          {
            header: t('token.last_used'),
            cell: (row) => (row.last_used_at === null ? t('token.never_used') : format.instant(row.last_used_at)),
          },
          {
            header: t('token.created'),
            cell: (row) => [format.instant(row.created_at), row.created_by_name].filter(Boolean).join(', '),
          },
          {
            header: t('common.actions'),
            bare: true,
            cell: (row) =>
              stateOf(row, now) === 'active' && (
                <Confirm action={`/tokens/${row.id}/revoke`} label={t('token.revoke')}>
                  {t('token.revoke_text', { name: row.name })}
                </Confirm>
              ),
          },
        ]}
      />
    </Layout>
  )
}

function State({ token, now }: { token: TokenRow; now: string }) {
  const { t, format } = useView()
  const state = stateOf(token, now)
  const lastDay = token.expires_at === null ? null : lastDayBefore(token.expires_at)
  return (
    <div>
      <Badge tone={state === 'active' ? 'good' : 'quiet'}>{t(`token.${state}`)}</Badge>{' '}
      {state !== 'revoked' && lastDay !== null && t('common.until', { date: format.date(lastDay) })}
    </div>
  )
}

/** The token is good until midnight in Latvia: a moment before is still its last day. */
function lastDayBefore(expires_at: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Riga' })
  return day.format(new Date(new Date(expires_at).getTime() - 1))
}

function AddTokenPage({ view, organisation, state }: { view: View; organisation: OrganisationRow; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('token.add')}
      lead={t('token.lead')}
      breadcrumbs={[{ href: '/tokens', text: t('token.list') }]}
    >
      <Form action="/tokens/new" state={state}>
        <TextField name="name" label={t('token.name')} hint={t('token.name_hint')} />
        <RadioField
          name="role"
          label={t('token.role')}
          options={rolesIn(organisation.kind as 'municipality').map((role) => ({
            value: role,
            label: t(`role.${role}`),
            hint: t(`role.${role}_hint`),
          }))}
        />
        <DateField name="expires_on" label={t('token.expires_on')} hint={t('token.expires_on_hint')} optional />
        <Actions>
          <Button>{t('token.add')}</Button>
          <LinkButton href="/tokens" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function TokenMadePage({ view, token, text }: { view: View; token: TokenRow; text: string }) {
  const { t } = view
  return (
    <Layout view={view} title={t('token.made')} breadcrumbs={[{ href: '/tokens', text: t('token.list') }]}>
      <ShownOnce
        warning={t('token.once')}
        items={[
          { term: t('token.name'), text: token.name },
          { term: t('token.role'), text: t(`role.${token.role}`) },
          {
            term: t('token.expires_on'),
            text: token.expires_at && <DateText date={lastDayBefore(token.expires_at)} />,
          },
        ]}
      >
        <CodeBlock text={text} label={t('token.text')} />
        <p>{t('token.how')}</p>
        <CodeBlock text={`Authorization: Bearer ${text}`} label={t('token.how')} />
        <Actions>
          <LinkButton href="/tokens">{t('token.to_list')}</LinkButton>
        </Actions>
      </ShownOnce>
    </Layout>
  )
}
