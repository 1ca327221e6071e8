/** One's own account: name and language, password, where one is signed in. */
import { deleteCookie, getCookie } from 'hono/cookie'
import { personOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { sessionCookie } from '../http/identify.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm } from '../ui/button.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { changeAccount, changePassword, signOutEverywhere } from './commands.ts'
import { deviceOf } from './device.ts'
import { LanguageField } from './organisation-pages.tsx'
import type { Role } from './permissions.ts'
import { AccountInput, PasswordInput } from './person.ts'
import { sessionHash } from './sessions.ts'
import { type AccountRow, getAccount, listSessions } from './store.ts'

type SessionRows = Awaited<ReturnType<typeof listSessions>>

export function accountPages(app: App, parts: Parts): void {
  const page = async (c: C, states: { details?: FormState; password?: FormState }) => {
    const { account, sessions } = await loadAccount(c, parts)
    const details = states.details ?? { values: { name: account.name, language: account.language }, errors: [] }
    const password = states.password ?? emptyForm
    return <AccountPage view={viewFor(c)} account={account} sessions={sessions} details={details} password={password} />
  }
  app.get('/account', requires('signed_in'), async (c) => show(c, await page(c, {})))
  app.post('/account', requires('signed_in'), (c) =>
    answerForm(c, {
      schema: AccountInput,
      kinds: {},
      act: async (input) => {
        await changeAccount(c.get('ctx'), input)
        // What was chosen for this browser gives way to what was chosen for good.
        deleteCookie(c, 'vieta_language')
        return '/account?done=account_changed'
      },
      page: (details) => page(c, { details }),
    }),
  )
  app.get('/account/password', requires('signed_in'), (c) => c.redirect('/account', 303))
  app.post('/account/password', requires('signed_in'), (c) =>
    answerForm(c, {
      schema: PasswordInput,
      kinds: {},
      act: async (input) => {
        await changePassword(c.get('ctx'), parts.secret, getCookie(c, sessionCookie) ?? null, input)
        return '/account?done=password_changed'
      },
      page: ({ errors }) => page(c, { password: { values: {}, errors } }),
    }),
  )
  app.post('/account/sign-out-everywhere', requires('signed_in'), (c) =>
    answerForm(c, {
      schema: z.object({}),
      kinds: {},
      act: async () => {
        await signOutEverywhere(c.get('ctx'))
        deleteCookie(c, sessionCookie)
        return '/sign-in?done=signed_out_everywhere'
      },
      page: () => page(c, {}),
    }),
  )
}

async function loadAccount(c: C, parts: Parts): Promise<{ account: AccountRow; sessions: SessionRows }> {
  const ctx = c.get('ctx')
  const token = getCookie(c, sessionCookie)
  const current_hash = token === undefined ? null : sessionHash(parts.secret, token)
  return transact(ctx, async (tx) => {
    const account = await getAccount(tx, personOf(ctx.actor))
    const now = ctx.clock.now().toISOString()
    return { account, sessions: await listSessions(tx, { person_id: account.id, current_hash, now }) }
  })
}

function AccountPage({
  view,
  account,
  sessions,
  details,
  password,
}: {
  view: View
  account: AccountRow
  sessions: SessionRows
  details: FormState
  password: FormState
}) {
  const { t } = view
  return (
    <Layout view={view} title={t('account.title')}>
      <DescriptionList
        items={[
          { term: t('person.email'), text: account.email },
          ...view.memberships.map(({ organisation_name, roles }) => ({
            term: organisation_name,
            text: roles.map((role) => t(`role.${role as Role}`)).join(', '),
          })),
        ]}
      />
      <Section title={t('account.details')}>
        <Form action="/account" state={details} id="details">
          <TextField name="name" label={t('person.name')} autocomplete="name" />
          <LanguageField view={view} name="language" label={t('person.language')} />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('account.password')} lead={t('account.change_password_hint')}>
        <Form action="/account/password" state={password} id="password">
          <PasswordField
            name="current_password"
            label={t('account.current_password')}
            autocomplete="current-password"
            width="medium"
          />
          <PasswordField
            name="new_password"
            label={t('account.new_password')}
            hint={t('account.new_password_hint')}
            autocomplete="new-password"
            width="medium"
          />
          <Actions>
            <Button>{t('account.change_password')}</Button>
          </Actions>
        </Form>
      </Section>
      <SessionSection view={view} sessions={sessions} />
    </Layout>
  )
}

function SessionSection({ view, sessions }: { view: View; sessions: SessionRows }) {
  const { t, format } = view
  return (
    <Section title={t('account.sessions')}>
      <Table
        caption={t('account.sessions_caption')}
        captionHidden
        rows={sessions}
        columns={[
          {
            header: t('account.device'),
            names: true,
            cell: (row) => (
              <>
                {deviceOf(row.user_agent) ?? t('account.device_unknown')}{' '}
                {row.current && <Badge tone="good">{t('account.device_current')}</Badge>}
              </>
            ),
          },
          { header: t('account.last_seen'), cell: (row) => format.instant(row.last_seen_at) },
          { header: t('account.signed_in_at'), cell: (row) => format.instant(row.created_at) },
        ]}
      />
      <Actions>
        <Confirm action="/account/sign-out-everywhere" label={t('account.sign_out_everywhere')}>
          {t('account.sign_out_everywhere_text')}
        </Confirm>
      </Actions>
    </Section>
  )
}
