/** The rules of stays, papers and their setting for people. */

import type { Child } from 'hono/jsx'
import { nameIn } from '../catalogue/catalogue-page.tsx'
import { getOffer } from '../catalogue/store.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { More } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton, PostButton } from '../ui/button.tsx'
import { CheckboxesField, CheckboxField, DateField, SelectField, TextField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { PaperInput, PaperSetting } from './paper.ts'
import { beyonds, mostGrounds, paperKinds, StayRuleInput } from './stay-rule.ts'
import { recordPaper, setPaperSetting, setStayRule, setStayRuleOfKind, withdrawPaper } from './stay-rule-commands.ts'
import { lockPaper, papersBlock, ruleOfKind, ruleOfOffer } from './stay-rule-store.ts'
import { groundsInWords } from './stay-sections.tsx'
import { getPlacementThatHolds, type PlacementRow } from './store.ts'
import { tokenOf } from './terms-fields.tsx'

export function stayRulePages(app: App): void {
  offerRulePages(app)
  kindRulePages(app)
  paperPages(app)
  settingPages(app)
}

// Rules

const groundNames = Array.from({ length: mostGrounds }, (_, index) => `ground.${index}`)
const ruleKinds: Record<string, FieldKind> = {
  longest_months: 'integer',
  ...Object.fromEntries(groundNames.map((name) => [name, 'list' as const])),
}

function assembleRule(values: Record<string, unknown>): unknown {
  const grounds = groundNames.map((name) => values[name] as string[]).filter((papers) => papers.length > 0)
  return {
    longest_months: values.longest_months ?? null,
    beyond: values.beyond,
    grounds: grounds.map((papers) => ({ papers })),
  }
}

function ruleState(rule: StayRuleInput): FormState {
  const values: FormState['values'] = {
    longest_months: rule.longest_months === null ? '' : String(rule.longest_months),
    beyond: rule.beyond,
  }
  for (const [index, ground] of rule.grounds.entries()) values[`ground.${index}`] = ground.papers
  return { values, errors: [] }
}

function offerRulePages(app: App): void {
  const page = async (c: C, state: FormState | null) => {
    const view = viewFor(c)
    const [rule, offer] = await transact(c.get('ctx'), async (tx) => {
      const offer = await getOffer(tx, c.req.param('id')!)
      if (offer.seller_id !== organisationOf(c.get('ctx').actor)) refuse('not_found')
      return [await ruleOfOffer(tx, offer.id), offer] as const
    })
    const at = `/offers/${offer.id}/stay-rule`
    return (
      <RulePage
        view={view}
        lead={view.t('stay.rule_lead')}
        breadcrumbs={[
          { href: '/catalogue', text: view.t('nav.catalogue') },
          { href: `/offers/${offer.id}`, text: offer.title },
        ]}
        above={
          <Notice kind="info">
            {view.t(rule.own ? 'stay.rule_own' : 'stay.rule_from_kind')}
            {rule.own && <PostButton action={`${at}/remove`} kind="quiet" label={view.t('stay.rule_use_kind')} />}
          </Notice>
        }
        action={at}
        back={`/offers/${offer.id}`}
        state={state ?? ruleState(rule)}
      />
    )
  }
  app.get('/offers/:id/stay-rule', requires('offer.manage'), async (c) => show(c, await page(c, null)))
  app.post('/offers/:id/stay-rule', requires('offer.manage'), (c) =>
    answerForm(c, {
      schema: StayRuleInput,
      kinds: ruleKinds,
      assemble: assembleRule,
      act: async (input) => {
        await setStayRule(c.get('ctx'), c.req.param('id'), input)
        return `/offers/${c.req.param('id')}?done=stay_rule_saved`
      },
      page: (state) => page(c, state),
    }),
  )
  app.post('/offers/:id/stay-rule/remove', requires('offer.manage'), async (c) => {
    await setStayRule(c.get('ctx'), c.req.param('id'), null)
    return c.redirect(`/offers/${c.req.param('id')}?done=stay_rule_saved`, 303)
  })
}

function kindRulePages(app: App): void {
  const page = async (c: C, state: FormState | null) => {
    const view = viewFor(c)
    const rule = await transact(c.get('ctx'), (tx) => ruleOfKind(tx, c.req.param('code')!))
    return (
      <RulePage
        view={view}
        lead={`${nameIn(view, rule)}. ${view.t('stay.rule_kind_lead')}`}
        breadcrumbs={[{ href: '/service-kinds', text: view.t('kind.list') }]}
        above={null}
        action={`/service-kinds/${rule.kind_code}/stay-rule`}
        back="/service-kinds"
        state={state ?? ruleState(rule)}
      />
    )
  }
  app.get('/service-kinds/:code/stay-rule', requires('kind.manage'), async (c) => show(c, await page(c, null)))
  app.post('/service-kinds/:code/stay-rule', requires('kind.manage'), (c) =>
    answerForm(c, {
      schema: StayRuleInput,
      kinds: ruleKinds,
      assemble: assembleRule,
      act: async (input) => {
        await setStayRuleOfKind(c.get('ctx'), c.req.param('code'), input)
        return '/service-kinds?done=stay_rule_saved'
      },
      page: (state) => page(c, state),
    }),
  )
}

function RulePage(props: {
  view: View
  lead: string
  breadcrumbs: { href: string; text: string }[]
  above: Child
  action: string
  back: string
  state: FormState
}) {
  const { view, state } = props
  const { t } = view
  const filled = groundNames.findLastIndex((name) => (state.values[name] ?? '').length > 0)
  const open = Math.max(1, filled + 1)
  return (
    <Layout view={view} title={t('stay.rule')} lead={props.lead} active="/catalogue" breadcrumbs={props.breadcrumbs}>
      {props.above}
      <Form action={props.action} state={state}>
        <FieldRow>
          <TextField
            name="longest_months"
            label={t('stay.longest_months')}
            hint={t('stay.longest_months_hint')}
            width="short"
            inputmode="numeric"
            optional
          />
          <SelectField
            name="beyond"
            label={t('stay.beyond')}
            value="reason"
            empty={false}
            options={beyonds.map((value) => ({ value, label: t(`stay.beyond.${value}`) }))}
          />
        </FieldRow>
        <Fieldset legend={t('stay.grounds')} hint={t('stay.grounds_hint')}>
          {groundNames.slice(0, open).map((name, index) => (
            <GroundField name={name} number={index + 1} />
          ))}
          {open < mostGrounds && (
            <More label={t('stay.ground_more')}>
              {groundNames.slice(open).map((name, index) => (
                <GroundField name={name} number={open + index + 1} />
              ))}
            </More>
          )}
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={props.back} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function GroundField({ name, number }: { name: string; number: number }) {
  const { t } = useView()
  return (
    <CheckboxesField
      name={name}
      label={t('stay.ground', { number })}
      columns
      optional
      options={paperKinds.map((kind) => ({ value: kind, label: t(`paper.kind.${kind}`) }))}
    />
  )
}

// Papers

function paperPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const ctx = c.get('ctx')
    const [placement, rule] = await transact(ctx, async (tx) => {
      const placement = await getPlacementThatHolds(tx, c.req.param('id')!)
      const own = organisationOf(ctx.actor)
      if (placement.seller_id !== own && placement.buyer_id !== own) refuse('not_found')
      return [placement, await ruleOfOffer(tx, placement.offer_id)] as const
    })
    const view = viewFor(c)
    const needed =
      rule.grounds.length === 0 ? '' : view.t('paper.needed', { grounds: groundsInWords(view, rule.grounds) })
    return <PaperPage view={view} placement={placement} needed={needed} state={state} />
  }
  app.get('/placements/:id/papers/new', requires('resident.read'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/papers/new', requires('resident.read'), (c) =>
    answerForm(c, {
      schema: PaperInput,
      kinds: { valid_from: 'date', valid_to: 'date' },
      act: async (input) => {
        await recordPaper(c.get('ctx'), c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=paper_recorded`
      },
      page: (state) => page(c, state),
    }),
  )
  app.post('/papers/:id/withdraw', requires('resident.read'), async (c) => {
    const ctx = c.get('ctx')
    const { placement_id } = await transact(ctx, (tx) => lockPaper(tx, c.req.param('id')))
    await withdrawPaper(ctx, c.req.param('id'))
    return c.redirect(`/placements/${placement_id}?done=paper_withdrawn`, 303)
  })
}

function PaperPage(props: { view: View; placement: PlacementRow; needed: string; state: FormState }) {
  const { view, placement, needed, state } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('paper.add')}
      lead={`${needed} ${t('paper.lead')}`.trim()}
      active="/placements"
      breadcrumbs={[
        { href: '/placements', text: t('placement.list') },
        { href: `/placements/${placement.id}`, text: tokenOf(view, placement) },
      ]}
    >
      <Form action={`/placements/${placement.id}/papers/new`} state={state}>
        <SelectField
          name="kind"
          label={t('paper.kind')}
          width="full"
          options={paperKinds.map((kind) => ({ value: kind, label: t(`paper.kind.${kind}`) }))}
        />
        <TextField
          name="number"
          label={t('paper.number')}
          hint={t('paper.number_hint')}
          width="medium"
          maxlength={40}
        />
        <TextField name="issued_by" label={t('paper.issued_by')} maxlength={80} />
        <FieldRow>
          <DateField name="valid_from" label={t('paper.valid_from')} />
          <DateField name="valid_to" label={t('paper.valid_to')} hint={t('paper.valid_to_hint')} optional />
        </FieldRow>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={`/placements/${placement.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function settingPages(app: App): void {
  const page = async (c: C, state: FormState | null) => {
    const ctx = c.get('ctx')
    const blocks = await transact(ctx, (tx) => papersBlock(tx, organisationOf(ctx.actor)))
    const view = viewFor(c)
    const { t } = view
    return (
      <Layout
        view={view}
        title={t('paper.setting')}
        lead={t('paper.setting_lead')}
        active="/months"
        breadcrumbs={[{ href: '/months', text: t('nav.months') }]}
      >
        <Form action="/paper-setting" state={state ?? { values: blocks ? { blocks: 'yes' } : {}, errors: [] }}>
          <CheckboxField name="blocks" label={t('paper.blocks')} hint={t('paper.blocks_hint')} />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Layout>
    )
  }
  app.get('/paper-setting', requires('settlement.close'), async (c) => show(c, await page(c, null)))
  app.post('/paper-setting', requires('settlement.close'), (c) =>
    answerForm(c, {
      schema: PaperSetting,
      kinds: { blocks: 'boolean' },
      act: async (input) => {
        await setPaperSetting(c.get('ctx'), input)
        return '/months?done=paper_setting_saved'
      },
      page: (state) => page(c, state),
    }),
  )
}
