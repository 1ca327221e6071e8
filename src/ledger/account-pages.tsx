/** Account codes for people. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf } from '../http/paging.ts'
import { refuse } from '../refusal.ts'
import { Actions, Button, LinkButton, PostButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { readAccounts, resetAccount, setAccount } from './account-commands.ts'
import { kindsByName } from './account-store.ts'
import { type Account, AccountInput, AccountSubject, accountOf, rolesByKind } from './chart.ts'
import { accountName, type Kinds, kindName } from './words.tsx'

const back = { account_set: '/ledger/accounts?done=account_set', account_reset: '/ledger/accounts?done=account_reset' }

export function accountPages(app: App): void {
  app.get('/ledger/accounts', requires('ledger.manage'), async (c) => {
    const ctx = c.get('ctx')
    const kinds = await transact(ctx, (tx) => kindsByName(tx))
    return show(c, <AccountsPage view={viewFor(c)} chart={await readAccounts(ctx)} kinds={kinds} />)
  })
  app.get('/ledger/accounts/:role', requires('ledger.manage'), async (c) => show(c, await accountPage(c)))
  app.post('/ledger/accounts/:role', requires('ledger.manage'), (c) =>
    answerForm(c, {
      schema: AccountInput,
      kinds: {},
      assemble: (values) => ({ ...values, role: c.req.param('role') }),
      act: async (input) => {
        await setAccount(c.get('ctx'), input)
        return back.account_set
      },
      page: (state) => accountPage(c, state),
    }),
  )
  app.post('/ledger/accounts/:role/reset', requires('ledger.manage'), (c) =>
    answerForm(c, {
      schema: AccountSubject,
      kinds: {},
      assemble: (values) => ({ ...values, role: c.req.param('role') }),
      act: async (subject) => {
        await resetAccount(c.get('ctx'), subject)
        return back.account_reset
      },
      page: (state) => accountPage(c, state),
    }),
  )
}

/** Which account is set: of the address, or of the form that comes back. @throws Refusal `not_found` for none that there is */
async function accountPage(c: C, state?: FormState) {
  const asked = { role: c.req.param('role'), kind_code: c.req.query('kind_code') ?? null }
  const parsed = AccountSubject.safeParse(asked)
  if (!parsed.success) refuse('not_found')
  const ctx = c.get('ctx')
  const kinds = await transact(ctx, (tx) => kindsByName(tx))
  const chart = await readAccounts(ctx)
  const account = accountOf(chart, parsed.data.role, parsed.data.kind_code)
  const another = c.req.query('another') !== undefined
  return <AccountPage view={viewFor(c)} account={account} kinds={kinds} another={another} state={state} />
}

function AccountsPage({ view, chart, kinds }: { view: View; chart: Account[]; kinds: Kinds }) {
  const { t } = view
  const rows = chart.toSorted((a, b) => (a.role === b.role ? (a.kind_code ?? '').localeCompare(b.kind_code ?? '') : 0))
  const grouped = [...Map.groupBy(rows, (row) => row.role).values()].flat()
  return (
    <Layout
      view={view}
      title={t('ledger.accounts')}
      breadcrumbs={view.can('ledger.read') ? [{ href: '/ledger', text: t('ledger.title') }] : []}
      wide
    >
      <Notice kind="info">{t('ledger.accounts_lead')}</Notice>
      <Table
        caption={t('ledger.accounts')}
        captionHidden
        rows={grouped}
        columns={[
          {
            header: t('ledger.account_name'),
            names: true,
            cell: (row) => (
              <TwoLines under={partOf(view, kinds, row)}>
                <a href={addressOf(`/ledger/accounts/${row.role}`, { kind_code: row.kind_code ?? '' })}>
                  {accountName(view, row)}
                </a>
              </TwoLines>
            ),
          },
          { header: t('ledger.account_code'), cell: (row) => <span class="figure">{row.code}</span> },
          { header: t('ledger.economic_code'), cell: (row) => row.economic_code ?? '–' },
          { header: t('ledger.functional_code'), cell: (row) => row.functional_code ?? '–' },
          {
            header: t('common.status'),
            cell: (row) => (
              <Badge tone={row.usual ? 'quiet' : 'good'}>{t(row.usual ? 'ledger.example' : 'ledger.set_here')}</Badge>
            ),
          },
        ]}
      />
      <Actions>
        {rolesByKind.map((role) => (
          <LinkButton href={addressOf(`/ledger/accounts/${role}`, { another: 'yes' })} icon="plus">
            {t('ledger.add_for_kind')}: {t(`ledger.role.${role}`)}
          </LinkButton>
        ))}
      </Actions>
    </Layout>
  )
}

function partOf(view: View, kinds: Kinds, row: Account): string | null {
  if (row.kind_code !== null) return kindName(view, kinds, row.kind_code)
  return rolesByKind.includes(row.role) ? view.t('ledger.all_kinds') : null
}

type AccountProps = { view: View; account: Account; kinds: Kinds; another: boolean; state: FormState | undefined }

function AccountPage({ view, account, kinds, another, state }: AccountProps) {
  const { t } = view
  const { role, kind_code } = account
  const hidden: Record<string, string> = another || kind_code === null ? {} : { kind_code }
  return (
    <Layout
      view={view}
      title={t('ledger.change_account', { account: t(`ledger.role.${role}`) })}
      {...(kind_code !== null && !another ? { lead: kindName(view, kinds, kind_code) } : {})}
      breadcrumbs={[{ href: '/ledger/accounts', text: t('ledger.accounts') }]}
    >
      <Form
        action={addressOf(`/ledger/accounts/${role}`, another ? { another: 'yes' } : { kind_code: kind_code ?? '' })}
        fields={hidden}
        {...(state === undefined ? {} : { state })}
      >
        {another && (
          <SelectField
            name="kind_code"
            label={t('ledger.kind')}
            hint={t('ledger.kind_hint')}
            optional
            options={kinds.map((kind) => ({ value: kind.code, label: kindName(view, kinds, kind.code) }))}
          />
        )}
        <TextField name="code" label={t('ledger.account_code')} value={account.code} width="short" maxlength={20} />
        <TextField name="name" label={t('ledger.account_name')} value={accountName(view, account)} maxlength={200} />
        <TextField
          name="economic_code"
          label={t('ledger.economic_code')}
          hint={t('ledger.economic_code_hint')}
          value={account.economic_code ?? ''}
          width="short"
          optional
        />
        <TextField
          name="functional_code"
          label={t('ledger.functional_code')}
          hint={t('ledger.functional_code_hint')}
          value={account.functional_code ?? ''}
          width="short"
          optional
        />
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href="/ledger/accounts" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
      {!account.usual && !another && (
        <PostButton
          action={`/ledger/accounts/${role}/reset`}
          label={t('ledger.reset_account')}
          kind="quiet"
          fields={kind_code === null ? {} : { kind_code }}
        />
      )}
    </Layout>
  )
}
