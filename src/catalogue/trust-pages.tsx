/** Trust for people: on the offer's page, the coordinator's suspensions, an offer's standards, and what is said after a stay. */
import { may, organisationOf, transact } from '../context.ts'
import type { App, BesideOrganisation, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { DateField, RadioField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { getOffer } from './store.ts'
import {
  FeedbackAnswer,
  FeedbackInput,
  LiftInput,
  questions,
  StandardInput,
  SuspensionInput,
  type Trust,
} from './trust.ts'
import {
  addStandard,
  answerFeedback,
  giveFeedback,
  liftSuspension,
  readAnswering,
  readFeedback,
  readTrust,
  removeStandard,
  suspendProvider,
} from './trust-commands.ts'
import { listSuspensions, listUnregistered, openStays, providersOfRegion } from './trust-store.ts'

export function trustPages(app: App): void {
  suspensionPages(app)
  standardPages(app)
  feedbackPages(app)
}

// ---- on the page of an offer

/** What is known of an offer and its seller; nothing where nothing is. */
export function TrustSection({
  view,
  trust,
  offer_id,
  editable,
}: {
  view: View
  trust: Trust
  offer_id: string
  editable: boolean
}) {
  const { t, format } = view
  const { register_number, suspended, standards, feedback, answering } = trust
  return (
    <Section
      title={t('trust.title')}
      actions={editable && <LinkButton href={`/offers/${offer_id}/standards`}>{t('trust.standards')}</LinkButton>}
    >
      {suspended && (
        <Notice kind="warning">
          {t('trust.suspended', { date: format.date(suspended.suspended_from), reason: suspended.reason })}
        </Notice>
      )}
      <DescriptionList
        items={[
          { term: t('trust.register_number'), text: register_number },
          {
            term: t('trust.answering'),
            text: answering && answersIn(t, answering),
          },
          {
            term: t('trust.feedback'),
            text:
              feedback &&
              `${questions.map((question) => `${t(`trust.question.${question}`)}: ${format.quantity(feedback[question])}`).join('; ')} (${t('trust.answers', { count: feedback.answers })})`,
          },
          {
            term: t('trust.standards'),
            text:
              standards.length === 0
                ? null
                : standards.map(({ name, valid_to, link }) => (
                    <p>
                      {link === null ? name : <a href={link}>{name}</a>}
                      {valid_to !== null && `, ${t('trust.until', { date: format.date(valid_to) })}`}
                    </p>
                  )),
          },
        ]}
      />
      {answering === null && feedback === null && <p class="hint">{t('trust.too_few')}</p>}
    </Section>
  )
}

/** On the page of an organisation: how it answers what others ask of it, by the twelve months before. */
export const trustBesideOrganisation: BesideOrganisation = async (tx, ctx, { id, kind }) => {
  const answering = kind === 'region' ? null : await readAnswering(tx, ctx, id)
  return ({ t }) =>
    kind === 'region' ? null : (
      <Section title={t('trust.answering')}>
        {answering === null ? <p class="hint">{t('trust.too_few_answers')}</p> : <p>{answersIn(t, answering)}</p>}
      </Section>
    )
}

function answersIn(t: View['t'], answering: NonNullable<Trust['answering']>): string {
  const { accepted, answered, median_hours } = answering
  const percent = Math.floor((accepted * 100) / answered)
  return t('trust.answers_in', { accepted, answered, percent, median_hours: Math.max(1, median_hours) })
}

// ---- suspensions

function suspensionPages(app: App): void {
  app.get('/catalogue/suspended', requires('catalogue.read'), async (c) => show(c, await suspensionsPage(c, emptyForm)))
  app.post('/catalogue/suspended', requires('provider.suspend'), (c) =>
    answerForm(c, {
      schema: SuspensionInput,
      kinds: { suspended_from: 'date' },
      act: async (input) => {
        await suspendProvider(c.get('ctx'), input)
        return '/catalogue/suspended?done=provider_suspended'
      },
      page: (state) => suspensionsPage(c, state),
    }),
  )
  app.get('/catalogue/suspended/:id/lift', requires('provider.suspend'), (c) => c.redirect('/catalogue/suspended', 303))
  app.post('/catalogue/suspended/:id/lift', requires('provider.suspend'), (c) =>
    answerForm(c, {
      schema: LiftInput,
      kinds: { lifted_from: 'date' },
      act: async (input) => {
        await liftSuspension(c.get('ctx'), c.req.param('id'), input)
        return '/catalogue/suspended?done=suspension_lifted'
      },
      page: (state) => suspensionsPage(c, emptyForm, { id: c.req.param('id'), state }),
    }),
  )
}

async function suspensionsPage(c: C, state: FormState, lifting?: { id: string; state: FormState }) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const today = ctx.clock.today()
  const suspends = may(ctx.actor, 'provider.suspend')
  const { rows, stays, providers, unregistered } = await transact(ctx, async (tx) => ({
    rows: await listSuspensions(tx, today),
    stays: may(ctx.actor, 'placement.read') ? await openStays(tx, today) : [],
    providers: suspends ? await providersOfRegion(tx, organisationOf(ctx.actor)) : [],
    unregistered: suspends ? await listUnregistered(tx) : [],
  }))
  return (
    <Layout
      view={view}
      active={suspends ? '/catalogue/suspended' : '/catalogue'}
      title={t('trust.suspensions')}
      lead={t('trust.suspensions_lead')}
      breadcrumbs={[{ href: '/catalogue', text: t('catalogue.title') }]}
    >
      <Table
        caption={t('trust.suspensions')}
        captionHidden
        rows={rows}
        columns={[
          { header: t('trust.provider'), names: true, cell: (row) => row.provider_name },
          { header: t('trust.municipality'), cell: (row) => row.municipality_name },
          { header: t('trust.suspended_from'), cell: (row) => <DateText date={row.suspended_from} /> },
          {
            header: t('trust.lifted_from'),
            cell: (row) => (row.lifted_from === null ? '–' : <DateText date={row.lifted_from} />),
          },
          { header: t('trust.reason'), cell: (row) => row.reason },
          ...(suspends
            ? [
                {
                  header: t('trust.lift'),
                  bare: true,
                  cell: (row: (typeof rows)[number]) =>
                    row.lifted_from === null && (
                      <Confirm
                        action={`/catalogue/suspended/${row.id}/lift`}
                        id={`lift-${row.id}`}
                        label={t('trust.lift')}
                        confirm={t('trust.lift')}
                        kind="secondary"
                        state={lifting?.id === row.id ? lifting.state : emptyForm}
                      >
                        <DateField name="lifted_from" label={t('trust.lifted_from')} value={today} />
                      </Confirm>
                    ),
                },
              ]
            : []),
        ]}
        empty={<Empty title={t('trust.none_suspended')}>{t('trust.none_suspended_text')}</Empty>}
      />
      {stays.length > 0 && (
        <Section title={t('trust.stays')} lead={t('trust.stays_lead')}>
          <Table
            caption={t('trust.stays')}
            captionHidden
            rows={stays}
            columns={[
              {
                header: t('trust.stay'),
                names: true,
                cell: (row) => <a href={`/placements/${row.id}`}>{row.token ?? row.offer_title}</a>,
              },
              { header: t('offer.offer'), cell: (row) => row.offer_title },
              { header: t('trust.buyer'), cell: (row) => row.buyer_name },
              { header: t('trust.period'), cell: (row) => view.format.period(row.valid_from, row.valid_to) },
            ]}
          />
        </Section>
      )}
      {unregistered.length > 0 && (
        <Section title={t('trust.unregistered')} lead={t('trust.unregistered_lead')}>
          <Table
            caption={t('trust.unregistered')}
            captionHidden
            rows={unregistered}
            columns={[
              { header: t('offer.offer'), names: true, cell: (row) => <a href={`/offers/${row.id}`}>{row.title}</a> },
              { header: t('trust.municipality'), cell: (row) => row.seller_name },
              { header: t('trust.provider'), cell: (row) => row.provider_name ?? '–' },
            ]}
          />
        </Section>
      )}
      {suspends && (
        <Section title={t('trust.suspend')}>
          <Form action="/catalogue/suspended" state={state}>
            <SelectField
              name="provider_id"
              label={t('trust.provider')}
              options={providers.map(({ id, name }) => ({ value: id, label: name }))}
              empty={t('trust.choose')}
            />
            <DateField name="suspended_from" label={t('trust.suspended_from')} value={today} />
            <TextAreaField name="reason" label={t('trust.reason')} hint={t('trust.reason_hint')} />
            <Actions>
              <Button kind="danger">{t('trust.suspend')}</Button>
            </Actions>
          </Form>
        </Section>
      )}
    </Layout>
  )
}

// ---- standards

function standardPages(app: App): void {
  app.get('/offers/:id/standards', requires('offer.manage'), async (c) => show(c, await standardsPage(c, emptyForm)))
  app.post('/offers/:id/standards', requires('offer.manage'), async (c) => {
    await ownOffer(c)
    return answerForm(c, {
      schema: StandardInput,
      kinds: { valid_to: 'date' },
      act: async (input) => {
        await addStandard(c.get('ctx'), c.req.param('id'), input)
        return `/offers/${c.req.param('id')}/standards?done=standard_added`
      },
      page: (state) => standardsPage(c, state),
    })
  })
  app.post('/offers/:id/standards/:standard_id/remove', requires('offer.manage'), async (c) => {
    const { id, standard_id } = c.req.param()
    await removeStandard(c.get('ctx'), id, standard_id)
    return c.redirect(`/offers/${id}/standards?done=standard_removed`, 303)
  })
}

async function ownOffer(c: C) {
  const ctx = c.get('ctx')
  const found = await transact(ctx, async (tx) => {
    const offer = await getOffer(tx, c.req.param('id') ?? '')
    return { offer, trust: await readTrust(tx, ctx, offer) }
  })
  if (found.offer.seller_id !== organisationOf(ctx.actor)) refuse('not_found')
  return found
}

async function standardsPage(c: C, state: FormState) {
  const view = viewFor(c)
  const { t, format } = view
  const { offer, trust } = await ownOffer(c)
  return (
    <Layout
      view={view}
      active="/catalogue"
      title={t('trust.standards')}
      lead={t('trust.standards_lead')}
      breadcrumbs={[{ href: `/offers/${offer.id}`, text: offer.title }]}
    >
      <Table
        caption={t('trust.standards')}
        captionHidden
        rows={trust.standards}
        columns={[
          {
            header: t('trust.standard'),
            names: true,
            cell: (row) => (row.link === null ? row.name : <a href={row.link}>{row.name}</a>),
          },
          { header: t('trust.valid_to'), cell: (row) => (row.valid_to === null ? '–' : format.date(row.valid_to)) },
          {
            header: t('trust.remove'),
            bare: true,
            cell: (row) => (
              <PostButton
                action={`/offers/${offer.id}/standards/${row.id}/remove`}
                label={t('trust.remove')}
                kind="quiet"
              />
            ),
          },
        ]}
        empty={<Empty title={t('trust.no_standards')}>{t('trust.no_standards_text')}</Empty>}
      />
      <Form action={`/offers/${offer.id}/standards`} state={state}>
        <TextField name="name" label={t('trust.standard')} hint={t('trust.standard_hint')} />
        <DateField name="valid_to" label={t('trust.valid_to')} optional />
        <TextField name="link" label={t('trust.link')} hint={t('trust.link_hint')} optional />
        <Actions>
          <Button>{t('trust.add_standard')}</Button>
        </Actions>
      </Form>
    </Layout>
  )
}

// ---- feedback

function feedbackPages(app: App): void {
  app.get('/placements/:id/feedback', requires('placement.read'), async (c) =>
    show(c, await feedbackPage(c, emptyForm)),
  )
  app.post('/placements/:id/feedback', requires('referral.request'), async (c) => {
    await readFeedback(c.get('ctx'), c.req.param('id'))
    return answerForm(c, {
      schema: FeedbackInput,
      kinds: Object.fromEntries(questions.map((question) => [question, 'integer' as const])),
      act: async (input) => {
        await giveFeedback(c.get('ctx'), c.req.param('id'), input)
        return `/placements/${c.req.param('id')}/feedback?done=feedback_given`
      },
      page: (state) => feedbackPage(c, state),
    })
  })
  app.get('/placements/:id/feedback/answer', requires('placement.read'), async (c) => {
    await readFeedback(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/placements/${c.req.param('id')}/feedback`, 303)
  })
  app.post('/placements/:id/feedback/answer', requires('offer.manage'), async (c) => {
    await readFeedback(c.get('ctx'), c.req.param('id'))
    return answerForm(c, {
      schema: FeedbackAnswer,
      kinds: {},
      act: async (input) => {
        await answerFeedback(c.get('ctx'), c.req.param('id'), input)
        return `/placements/${c.req.param('id')}/feedback?done=feedback_answered`
      },
      page: (state) => feedbackPage(c, state),
    })
  })
}

async function feedbackPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const { stay, feedback } = await readFeedback(ctx, c.req.param('id') ?? '')
  const own = organisationOf(ctx.actor)
  const ended = stay.valid_to !== null && stay.valid_to <= ctx.clock.today()
  const gives = own === stay.buyer_id && own !== stay.seller_id && may(ctx.actor, 'referral.request')
  const answers = own === stay.seller_id && may(ctx.actor, 'offer.manage') && feedback?.answer === null
  const address = `/placements/${stay.id}/feedback`
  return (
    <Layout
      view={view}
      active="/placements"
      title={t('trust.feedback')}
      lead={`${stay.offer_title} · ${stay.seller_name}`}
      breadcrumbs={[{ href: `/placements/${stay.id}`, text: t('trust.stay') }]}
    >
      {feedback === undefined ? (
        !(gives && ended) && <Notice kind="info">{t(ended ? 'trust.no_feedback' : 'trust.not_ended')}</Notice>
      ) : (
        <DescriptionList
          items={[
            ...questions.map((question) => ({
              term: t(`trust.question.${question}`),
              text: t('trust.mark', { mark: feedback[question] }),
            })),
            { term: t('trust.words'), text: feedback.note || null },
            { term: t('trust.answer'), text: feedback.answer },
          ]}
        />
      )}
      {feedback === undefined && gives && ended && (
        <Form action={address} state={state}>
          {questions.map((question) => (
            <RadioField
              name={question}
              label={t(`trust.question.${question}`)}
              options={['1', '2', '3', '4', '5'].map((mark) => ({
                value: mark,
                label: t(`trust.mark_${mark as '1'}`),
              }))}
            />
          ))}
          <TextAreaField name="note" label={t('trust.words')} hint={t('trust.words_hint')} optional />
          <Actions>
            <Button>{t('trust.give')}</Button>
          </Actions>
        </Form>
      )}
      {answers && (
        <Form action={`${address}/answer`} state={state}>
          <TextAreaField name="answer" label={t('trust.answer')} hint={t('trust.words_hint')} />
          <Actions>
            <Button>{t('trust.send_answer')}</Button>
          </Actions>
        </Form>
      )}
    </Layout>
  )
}
