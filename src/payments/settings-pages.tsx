import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { centsOf } from '../money.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm } from '../ui/button.tsx'
import { MoneyField, RadioField, TextField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { addBankAccount, closeBankAccount, savePaymentSettings } from './commands.ts'
import { AccountInput, SettingsInput } from './payment.ts'
import { crumbs, PaymentTabs, shownIban } from './shared-pages.tsx'
import { csvColumns } from './statement-csv.ts'
import { type AccountRow, accountsOf, getSettings, type SettingsRow } from './store.ts'

type States = { account?: FormState; limit?: FormState; how?: FormState; texts?: FormState; csv?: FormState }

async function settingsPage(c: C, states: States) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const read = await transact(ctx, async (tx) => ({
    settings: await getSettings(tx, own),
    accounts: await accountsOf(tx, own),
  }))
  return <SettingsPage view={viewFor(c)} states={states} {...read} />
}

export function settingsPages(app: App): void {
  app.get('/payments/settings', requires('payment.settings'), async (c) => show(c, await settingsPage(c, {})))
  app.post('/payments/settings/accounts', requires('payment.settings'), (c) =>
    answerForm(c, {
      schema: AccountInput,
      kinds: {},
      act: async (input, ctx) => {
        await addBankAccount(ctx, input)
        return '/payments/settings?done=bank_account_added'
      },
      page: (state) => settingsPage(c, { account: state }),
    }),
  )
  app.post('/payments/settings/close-account', requires('payment.settings'), (c) =>
    answerForm(c, {
      schema: z.object({ iban: z.string() }),
      kinds: {},
      act: async ({ iban }, ctx) => {
        await closeBankAccount(ctx, iban)
        return '/payments/settings?done=bank_account_closed'
      },
      page: (state) => settingsPage(c, { account: state }),
    }),
  )
  for (const [form, key] of [
    ['limit', 'limit'],
    ['how', 'how'],
    ['texts', 'texts'],
    ['csv', 'csv'],
  ] as const) {
    app.post(
      `/payments/settings/${form}`,
      requires(form === 'limit' ? 'organisation.manage' : 'payment.settings'),
      (c) =>
        answerForm(c, {
          schema: SettingsInput,
          kinds: { approval_limit: 'decimal', text_days: 'integer' },
          assemble: (values) => assembled(form, values),
          act: async (input, ctx) => {
            await savePaymentSettings(ctx, input)
            return '/payments/settings?done=payment_settings_saved'
          },
          page: (state) => settingsPage(c, { [key]: state }),
        }),
    )
  }
}

/** What a form leaves empty is no wish to keep what was: a number that somebody took away is asked for. */
function assembled(form: keyof typeof numbers | 'how' | 'csv', values: Record<string, unknown>) {
  if (form === 'csv') return { csv_columns: filledIn(values) }
  return form === 'how' ? values : { [numbers[form]]: '', ...values }
}

const numbers = { limit: 'approval_limit', texts: 'text_days' } as const

function filledIn(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}

type SettingsProps = { view: View; states: States; settings: SettingsRow; accounts: AccountRow[] }

function SettingsPage({ view, states, settings, accounts }: SettingsProps) {
  const { t, format, can } = view
  return (
    <Layout
      view={view}
      active="/payments"
      title={t('payments.settings')}
      breadcrumbs={can('payment.read') ? crumbs(view) : []}
    >
      {can('payment.read') && <PaymentTabs view={view} current="settings" />}
      <Accounts view={view} states={states} accounts={accounts} />
      <Section title={t('payments.limit_title')}>
        {can('organisation.manage') ? (
          <Form action="/payments/settings/limit" state={states.limit ?? emptyForm} id="limit">
            <MoneyField
              name="approval_limit"
              label={t('payments.limit')}
              hint={t('payments.limit_hint')}
              value={format.quantity(settings.approval_limit)}
            />
            <Actions>
              <Button>{t('action.save')}</Button>
            </Actions>
          </Form>
        ) : (
          <p>
            {t('payments.limit_now', {
              always: centsOf(settings.approval_limit) === 0n ? 'yes' : 'no',
              limit: format.money(settings.approval_limit),
            })}
          </p>
        )}
      </Section>
      <Section title={t('payments.how')}>
        <Form action="/payments/settings/how" state={states.how ?? emptyForm} id="how">
          <RadioField
            name="grouping"
            label={t('payments.grouping')}
            value={settings.grouping}
            options={(['invoice', 'seller'] as const).map((value) => ({
              value,
              label: t(`payments.grouping.${value}`),
            }))}
          />
          <RadioField
            name="version"
            label={t('payments.version')}
            value={settings.version}
            options={(['09', '03'] as const).map((value) => ({ value, label: t(`payments.version.${value}`) }))}
          />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('payments.texts')} lead={t('payments.texts_text')}>
        <Form action="/payments/settings/texts" state={states.texts ?? emptyForm} id="texts">
          <TextField
            name="text_days"
            label={t('payments.text_days')}
            value={String(settings.text_days)}
            inputmode="numeric"
            width="short"
          />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('payments.csv')} lead={t('payments.csv_text')}>
        <More label={t('payments.csv_columns')} open={states.csv !== undefined}>
          <Form action="/payments/settings/csv" state={states.csv ?? emptyForm} id="csv">
            {csvColumns.map((column) => (
              <TextField
                name={column}
                label={t(`payments.csv.${column}`)}
                value={settings.csv_columns[column] ?? ''}
                width="medium"
                optional="said"
              />
            ))}
            <Actions>
              <Button>{t('action.save')}</Button>
            </Actions>
          </Form>
        </More>
      </Section>
    </Layout>
  )
}

function Accounts({ view, states, accounts }: Pick<SettingsProps, 'view' | 'states' | 'accounts'>) {
  const { t, format } = view
  return (
    <Section title={t('payments.accounts')} lead={t('payments.accounts_text')}>
      <Table
        caption={t('payments.accounts')}
        captionHidden
        rows={accounts}
        columns={[
          { header: t('payments.account'), names: true, cell: (row) => shownIban(row.iban) },
          { header: t('payments.account_name'), cell: (row) => row.name || '–' },
          {
            header: t('common.status'),
            cell: (row) =>
              row.on_invoices ? (
                <Badge tone="good">{t('payments.on_invoices')}</Badge>
              ) : row.closed_on !== null ? (
                <Badge tone="quiet">{t('payments.account_closed', { date: format.date(row.closed_on) })}</Badge>
              ) : (
                '–'
              ),
          },
          {
            header: t('common.actions'),
            bare: true,
            cell: (row) =>
              row.on_invoices || row.closed_on !== null ? null : (
                <Confirm
                  action="/payments/settings/close-account"
                  label={t('payments.account_close')}
                  fields={{ iban: row.iban }}
                  id={`close-${row.iban}`}
                >
                  <p>{t('payments.account_close_text', { iban: shownIban(row.iban) })}</p>
                </Confirm>
              ),
          },
        ]}
        empty={<Empty title={t('payments.accounts_none')} icon="payments" />}
      />
      <Section title={t('payments.account_add')}>
        <Form action="/payments/settings/accounts" state={states.account ?? emptyForm} id="account">
          <TextField name="iban" label={t('organisation.iban')} width="medium" />
          <FieldRow>
            <TextField name="name" label={t('payments.account_name')} optional />
            <TextField name="bic" label={t('payments.bic')} optional />
          </FieldRow>
          <Actions>
            <Button kind="secondary">{t('payments.account_add')}</Button>
          </Actions>
        </Form>
      </Section>
    </Section>
  )
}
