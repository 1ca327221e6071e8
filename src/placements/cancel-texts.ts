import { defineTexts } from '../ui/define-texts.ts'

export const cancelTexts = defineTexts(
  {
    'cancel.action': 'Atcelt uzņemšanu',
    'cancel.title': 'Atcelt uzņemšanu',
    'cancel.lead':
      'Uzņemšanai jāsākas {date}. Ja to atceļ, neviena diena netiks skaitīta un vieta uzreiz būs brīva nākamajam rindā.',
    'cancel.chain':
      'Ja šī vieta turpina citu uzņemšanu vai to gaidīja pagaidu vietā, iepriekšējā turpināsies, kā bija norunāts, ciktāl tās dienas vēl ir brīvas.',
    'cancel.reason': 'Kāpēc atceļ',
    'cancel.reason.resident_wish': 'pēc paša vēlēšanās',
    'cancel.reason.died': 'miris',
    'cancel.reason.other_help': 'palīdzība atrasta citādi',
    'cancel.reason.payer': 'maksātāja lēmums',
    'cancel.reason.provider': 'sniedzējs nevar uzņemt',
    'cancel.reason.mistake': 'ierakstīta kļūdas pēc',
    'cancel.reason.other': 'cits iemesls',
    'cancel.decision_hint': 'Ja par atcelšanu ir lēmums, tā numurs.',
    'cancel.notice': 'Atcelta {at}: {reason}. Neviena diena netiek skaitīta.',
    'cancel.notice_of_move':
      'Ja šī bija pārcelšanās, iepriekšējā uzņemšana turpinās, kā bija norunāts, ciktāl tās dienas bija brīvas.',
    'cancel.ask_anew': 'Lūgt no jauna',
    'cancel.ask_others': 'Meklēt citur',
    'cancel.step': 'Vieta atcelta pirms pirmās dienas',
    'done.placement_cancelled': 'Uzņemšana atcelta, vieta ir brīva.',
  },
  {
    'cancel.action': 'Cancel the placement',
    'cancel.title': 'Cancel the placement',
    'cancel.lead':
      'The placement is to begin on {date}. When it is cancelled no day counts, and the place is free at once for the next in the queue.',
    'cancel.chain':
      'Where this place goes on from another stay, or somebody waited for it in a temporary place, that stay lasts again as it was agreed, as far as its days are still free.',
    'cancel.reason': 'Why it is cancelled',
    'cancel.reason.resident_wish': 'the resident’s wish',
    'cancel.reason.died': 'died',
    'cancel.reason.other_help': 'helped in another way',
    'cancel.reason.payer': 'decision of the payer',
    'cancel.reason.provider': 'the provider cannot take the person',
    'cancel.reason.mistake': 'entered by mistake',
    'cancel.reason.other': 'other reason',
    'cancel.decision_hint': 'The number of the decision to cancel, where there is one.',
    'cancel.notice': 'Cancelled {at}: {reason}. No day of it counts.',
    'cancel.notice_of_move':
      'Where this was a move, the stay before it goes on as it was agreed, as far as its days were free.',
    'cancel.ask_anew': 'Ask anew',
    'cancel.ask_others': 'Look elsewhere',
    'cancel.step': 'The place was cancelled before its first day',
    'done.placement_cancelled': 'The placement was cancelled; the place is free.',
  },
)
