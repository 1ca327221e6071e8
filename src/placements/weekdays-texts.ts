import { defineTexts } from '../ui/define-texts.ts'

export const weekdaysTexts = defineTexts(
  {
    'weekdays.title': 'Nedēļas dienas',
    'weekdays.every': 'katru dienu',
    'weekdays.field': 'Kurās nedēļas dienās',
    'weekdays.field_hint':
      'Šajā vietā vairāki cilvēki var nākt pēc kārtas. Atzīmējiet dienas, kurās vieta vajadzīga; ja neatzīmēsiet nevienu, vieta būs vajadzīga katru dienu.',
    'weekdays.counter_hint':
      'Atzīmējiet dienas, kurās vieta ir brīva. Ja neatzīmēsiet nevienu, piedāvājat vietu katru dienu.',
    'weekdays.change': 'Mainīt nedēļas dienas',
    'weekdays.change_lead':
      'No norādītās dienas vieta būs aizņemta tikai atzīmētajās nedēļas dienās. Maksa joprojām ir par to, kas sniegts.',
    'weekdays.from': 'No kuras dienas',
    'weekdays.outside_stay': 'Datumam jābūt uzņemšanas laikā',
    'weekdays.versions': 'Kurās nedēļas dienās vieta ir aizņemta',
    'weekdays.from_beginning': 'no sākuma',
    'done.weekdays_changed': 'Nedēļas dienas mainītas.',
    'deliveries.other_weekday': '{name}, {date}: {weekday} nav norunāto nedēļas dienu vidū',
    'deliveries.imported_other_weekdays':
      '{count, plural, zero {# apmeklējumu} one {# apmeklējums} other {# apmeklējumi}} ir citā nedēļas dienā, nekā norunāts.',
    'offer.in_turn': 'Vietu var izmantot vairāki cilvēki pēc kārtas',
    'offer.in_turn_hint':
      'Katrs savās nedēļas dienās, piemēram, viens pirmdienās un trešdienās, otrs otrdienās. Tas maina brīvo vietu skaitu, nevis cenu.',
    'import.column.in_turn': 'Vietu izmanto pēc kārtas',
    'import.text.in_turn': 'jā vai nē: vai vienu vietu pēc kārtas izmanto vairāki cilvēki, katrs savās nedēļas dienās',
    'import.in_turn_in_use': 'Vietas jau dala pa nedēļas dienām; to no faila atcelt nevar',
    'rule.in_turn': 'Vienu vietu pēc kārtas var izmantot vairāki cilvēki, katrs savās nedēļas dienās.',
  },
  {
    'weekdays.title': 'Days of the week',
    'weekdays.every': 'every day',
    'weekdays.field': 'On which days of the week',
    'weekdays.field_hint':
      'Several persons can come here in turn. Tick the days on which the place is needed; where none is ticked it is needed every day.',
    'weekdays.counter_hint':
      'Tick the days on which the place is free. Where none is ticked, you offer the place every day.',
    'weekdays.change': 'Change the days of the week',
    'weekdays.change_lead':
      'From the day you say the place is taken on the ticked days of the week only. What is charged is what is delivered, as before.',
    'weekdays.from': 'From which day',
    'weekdays.outside_stay': 'The date must lie within the stay',
    'weekdays.versions': 'On which days of the week the place is taken',
    'weekdays.from_beginning': 'from the beginning',
    'done.weekdays_changed': 'The days of the week are changed.',
    'deliveries.other_weekday': '{name}, {date}: {weekday} is not among the days of the week agreed',
    'deliveries.imported_other_weekdays':
      '{count, plural, one {# delivery is} other {# deliveries are}} on another day of the week than agreed.',
    'offer.in_turn': 'Several persons may use a place in turn',
    'offer.in_turn_hint':
      'Each on their own days of the week: one on Mondays and Wednesdays, another on Tuesdays. It changes how many places are free, not the price.',
    'import.column.in_turn': 'Places used in turn',
    'import.text.in_turn': 'yes or no: whether several persons use a place in turn, each on their own days of the week',
    'import.in_turn_in_use': 'Places are shared by days of the week already; a file cannot end that',
    'rule.in_turn': 'Several persons may use one place in turn, each on their own days of the week.',
  },
)
