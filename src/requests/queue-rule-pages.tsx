/** The rule of a line for people: how a seller chooses who comes first, and how long each has to answer. */
import { getKind } from '../catalogue/store.ts'
import { organisationOf, transact } from '../context.ts'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { getOfferFacts } from '../placements/store.ts'
import { refuse } from '../refusal.ts'
import { Actions, Button, Confirm } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { criteria, priorities, type QueueRule, QueueRuleInput } from './queue.ts'
import { dropQueueRule, dropQueueRuleOfKind, setQueueRule, setQueueRuleOfKind } from './queue-commands.ts'
import { kindsOffered, type OwnRule, queueOf, rulesOf } from './queue-store.ts'

const ruleKinds = { refusals_allowed: 'integer', answer_hours: 'integer', rest_days: 'integer' } as const
const places = [1, 2, 3, 4]

function assembleRule({ refusals_allowed = null, answer_hours, rest_days, ...values }: Record<string, unknown>) {
  return {
    criteria: places.flatMap((place) => values[`criterion_${place}`] ?? []),
    priorities: places.flatMap((place) => values[`priority_${place}`] ?? []),
    ...{ refusals_allowed, answer_hours, rest_days },
  }
}

function ruleValues(rule: Omit<QueueRule, 'holds_for'>): FormState['values'] {
  return {
    ...Object.fromEntries(rule.criteria.map((one, index) => [`criterion_${index + 1}`, one])),
    ...Object.fromEntries(rule.priorities.map((one, index) => [`priority_${index + 1}`, one])),
    refusals_allowed: rule.refusals_allowed === null ? '' : String(rule.refusals_allowed),
    answer_hours: String(rule.answer_hours),
    rest_days: String(rule.rest_days),
  }
}

export function queueRulePages(app: App): void {
  app.get('/queue/rules', requires('offer.manage'), async (c) => {
    const own = organisationOf(c.get('ctx').actor)
    const known = await transact(c.get('ctx'), async (tx) => ({
      rules: await rulesOf(tx, own),
      kinds: await kindsOffered(tx, own),
    }))
    return show(c, <RulesPage view={viewFor(c)} {...known} />)
  })
  kindRulePages(app)
  app.get('/queue/rules/:id', requires('offer.manage'), async (c) => show(c, await rulePage(c)))
  app.post('/queue/rules/:id', requires('offer.manage'), (c) =>
    answerForm(c, {
      schema: QueueRuleInput,
      kinds: ruleKinds,
      assemble: assembleRule,
      act: async (input, ctx) => {
        await setQueueRule(ctx, c.req.param('id'), input)
        return `/offers/${c.req.param('id')}?done=queue_rule_set`
      },
      page: (state) => rulePage(c, state),
    }),
  )
  app.post('/queue/rules/:id/drop', requires('offer.manage'), async (c) => {
    await dropQueueRule(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/offers/${c.req.param('id')}?done=queue_rule_dropped`, 303)
  })
}

/** `all` stands for every kind. */
function kindRulePages(app: App): void {
  const kindOf = (c: C) => (c.req.param('kind') === 'all' ? null : c.req.param('kind')!)
  const page = async (c: C, state?: FormState) => {
    const kind = kindOf(c)
    const own = organisationOf(c.get('ctx').actor)
    const view = viewFor(c)
    const known = await transact(c.get('ctx'), async (tx) => ({
      rules: await rulesOf(tx, own),
      named: kind === null ? null : await getKind(tx, kind),
    }))
    const said = known.rules.find((rule) => rule.offer_id === null && rule.kind_code === kind)
    const usual = QueueRuleInput.parse({ priorities: [...priorities], refusals_allowed: 3 })
    return (
      <RulePage
        view={view}
        title={known.named === null ? view.t('queue.rules_all') : kindName(view, known.named)}
        action={`/queue/rules/kinds/${c.req.param('kind')}`}
        drops={said !== undefined}
        crumb={{ href: '/queue/rules', text: view.t('queue.rules') }}
        state={state ?? { ...emptyForm, values: ruleValues(said ?? usual) }}
      />
    )
  }
  app.get('/queue/rules/kinds/:kind', requires('offer.manage'), async (c) => show(c, await page(c)))
  app.post('/queue/rules/kinds/:kind', requires('offer.manage'), (c) =>
    answerForm(c, {
      schema: QueueRuleInput,
      kinds: ruleKinds,
      assemble: assembleRule,
      act: async (input, ctx) => {
        await setQueueRuleOfKind(ctx, kindOf(c), input)
        return '/queue/rules?done=queue_rule_set'
      },
      page: (state) => page(c, state),
    }),
  )
  app.post('/queue/rules/kinds/:kind/drop', requires('offer.manage'), async (c) => {
    await dropQueueRuleOfKind(c.get('ctx'), kindOf(c))
    return c.redirect('/queue/rules?done=queue_rule_dropped', 303)
  })
}

const kindName = ({ language }: View, kind: { name_lv: string; name_en: string }) =>
  language === 'lv' ? kind.name_lv : kind.name_en

type Kind = Awaited<ReturnType<typeof kindsOffered>>[number]

/** Every kind that we offer with the rule it goes by, and the offers that have one of their own. */
function RulesPage({ view, rules, kinds }: { view: View; rules: OwnRule[]; kinds: Kind[] }) {
  const { t } = view
  const of = (kind_code: string | null) => rules.find((rule) => rule.offer_id === null && rule.kind_code === kind_code)
  const rows = [
    { href: '/queue/rules/kinds/all', text: t('queue.rules_all'), rule: of(null) },
    ...kinds.map((kind) => ({
      href: `/queue/rules/kinds/${kind.code}`,
      text: kindName(view, kind),
      rule: of(kind.code),
    })),
    ...rules.flatMap((rule) =>
      rule.offer_id === null ? [] : [{ href: `/queue/rules/${rule.offer_id}`, text: rule.offer_title ?? '', rule }],
    ),
  ]
  return (
    <Layout
      view={view}
      title={t('queue.rules')}
      lead={t('queue.rules_lead')}
      active="/queue"
      breadcrumbs={[{ href: '/queue?side=seller', text: t('queue.list') }]}
    >
      <Table
        caption={t('queue.rules')}
        captionHidden
        rows={rows}
        columns={[
          { header: t('queue.rules_for'), names: true, cell: (row) => <a href={row.href}>{row.text}</a> },
          {
            header: t('queue.rule'),
            cell: (row) => (row.rule ? orderInWords(view, row.rule) : t('queue.rules_wider')),
          },
        ]}
      />
    </Layout>
  )
}

async function rulePage(c: C, state?: FormState) {
  const { offer, queue } = await transact(c.get('ctx'), async (tx) => {
    const offer = await getOfferFacts(tx, c.req.param('id')!)
    return { offer, queue: await queueOf(tx, offer) }
  })
  if (offer.seller_id !== organisationOf(c.get('ctx').actor)) refuse('not_found')
  const action = `/queue/rules/${offer.id}`
  const crumb = { href: `/offers/${offer.id}`, text: offer.title }
  const shown = state ?? { ...emptyForm, values: ruleValues(queue.rule) }
  const drops = queue.rule.holds_for === 'offer'
  return <RulePage view={viewFor(c)} title={offer.title} {...{ action, crumb, drops }} state={shown} />
}

function RulePage(props: {
  view: View
  title: string
  action: string
  crumb: { href: string; text: string }
  /** there is a rule of its own, which can be taken away */
  drops: boolean
  state: FormState
}) {
  const { view, title, action, crumb, drops, state } = props
  const { t } = view
  const first = (list: string) => (list === 'criteria' ? 'criterion_1' : 'priority_1')
  const errors = state.errors.map((error) => {
    const list = error.path.split('.')[0]!
    return list === 'criteria' || list === 'priorities' ? { ...error, path: first(list) } : error
  })
  return (
    <Layout view={view} title={t('queue.rule')} lead={title} active="/queue" breadcrumbs={[crumb]}>
      <Form action={action} state={{ ...state, errors }}>
        <Fieldset legend={t('queue.rule_by')} hint={t('queue.rule_by_hint')}>
          {places.map((place) => (
            <SelectField
              name={`criterion_${place}`}
              label={t('queue.rule_criterion', { place })}
              options={criteria.map((one) => ({ value: one, label: t(`queue.criterion.${one}`) }))}
              optional={place > 1}
            />
          ))}
        </Fieldset>
        <Fieldset legend={t('queue.rule_who_first')} hint={t('queue.rule_who_first_hint')}>
          {places.map((place) => (
            <SelectField
              name={`priority_${place}`}
              label={t('queue.rule_place', { place })}
              options={priorities.map((one) => ({ value: one, label: t(`queue.priority.${one}`) }))}
              optional={place > 1}
            />
          ))}
        </Fieldset>
        <FieldRow>
          <TextField
            name="answer_hours"
            label={t('queue.rule_answer_hours')}
            hint={t('queue.rule_answer_hours_hint')}
            width="short"
            inputmode="numeric"
          />
          <TextField name="rest_days" label={t('queue.rule_rest_days')} width="short" inputmode="numeric" />
          <TextField
            name="refusals_allowed"
            label={t('queue.rule_refusals_allowed')}
            width="short"
            inputmode="numeric"
            optional
          />
        </FieldRow>
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
      {drops && (
        <Confirm
          action={`${action}/drop`}
          label={t('queue.rule_drop')}
          confirm={t('queue.rule_drop_confirm')}
          id="drop"
        >
          <p>{t('queue.rule_drop_text')}</p>
        </Confirm>
      )}
    </Layout>
  )
}

/** `iemesls (krīze → …), iesnieguma diena`. */
export function orderInWords({ t }: View, rule: Pick<QueueRule, 'criteria' | 'priorities'>): string {
  const unnamed = priorities.filter((one) => !rule.priorities.includes(one))
  const reasons = [...rule.priorities, ...unnamed].map((one) => t(`queue.priority.${one}`)).join(' → ')
  return rule.criteria
    .map((one) => (one === 'reason' ? t('queue.rule_reasons', { reasons }) : t(`queue.criterion.${one}`)))
    .join('; ')
}
