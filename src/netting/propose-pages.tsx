/** Netting for people: what a proposal takes, and proposing it. */
import { addDays, type PlainDate } from '../calendar.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField } from '../ui/field.tsx'
import { FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { circleOf } from './circle-pages.tsx'
import { proposeNetting } from './commands.ts'
import { NettingInput, usualAnswerDays } from './netting.ts'
import { partnersByAgreement } from './store.ts'

export function proposePages(app: App): void {
  app.get('/netting/new', requires('netting.propose'), async (c) => {
    const today = c.get('ctx').clock.today()
    const due_on = addDays(today as PlainDate, usualAnswerDays)
    return show(c, await formPage(c, { values: { netted_on: today, due_on }, errors: [] }))
  })
  app.post('/netting/new', requires('netting.propose'), (c) =>
    answerForm(c, {
      schema: NettingInput,
      kinds: { netted_on: 'date', due_on: 'date' },
      assemble: ({ counterparty_id, ...values }) => ({
        ...values,
        counterparty_id: counterparty_id === 'circle' ? null : (counterparty_id ?? ''),
      }),
      act: async (input) => `/netting/${(await proposeNetting(c.get('ctx'), input)).id}?done=netting_proposed`,
      page: (state) => formPage(c, chosen(state, viewFor(c))),
    }),
  )
}

/** Nobody chosen is no wrong identifier. */
function chosen(state: FormState, { t }: View): FormState {
  if (state.values.counterparty_id) return state
  const errors = state.errors.map((error) =>
    error.path === 'counterparty_id' ? { ...error, message: t('validation.required_choice') } : error,
  )
  return { ...state, errors }
}

/** With whom the actor may propose. */
async function choices(tx: Tx, ctx: Context): Promise<{ partners: { id: string; name: string }[]; members: number }> {
  const own = organisationOf(ctx.actor)
  const { circle, takes_part, region } = await circleOf(tx, own)
  return {
    partners: region ? [] : await partnersByAgreement(tx, own, ctx.clock.today()),
    members: takes_part || region ? circle.length : 0,
  }
}

async function formPage(c: C, state: FormState) {
  const { partners, members } = await transact(c.get('ctx'), (tx) => choices(tx, c.get('ctx')))
  const view = viewFor(c)
  const { t } = view
  const options = [
    ...(members > 1 ? [{ value: 'circle', label: t('netting.with_circle', { count: members }) }] : []),
    ...partners.map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <Layout
      view={view}
      title={t('netting.propose')}
      lead={t('netting.propose_lead')}
      breadcrumbs={[{ href: '/netting', text: t('netting.list') }]}
    >
      {options.length === 0 ? (
        <Empty
          title={t('netting.with_nobody')}
          icon="netting"
          action={{ href: '/balances', text: t('netting.balances') }}
        >
          {t('netting.with_nobody_text')}
        </Empty>
      ) : (
        <Form action="/netting/new" state={state}>
          <SelectField name="counterparty_id" label={t('netting.with')} width="full" options={options} />
          <FieldRow>
            <DateField name="netted_on" label={t('netting.netted_on')} />
            <DateField name="due_on" label={t('netting.due_on')} hint={t('netting.due_on_hint')} />
          </FieldRow>
          <Actions>
            <Button>{t('netting.propose')}</Button>
            <LinkButton href="/netting" kind="quiet">
              {t('action.cancel')}
            </LinkButton>
          </Actions>
        </Form>
      )}
    </Layout>
  )
}
