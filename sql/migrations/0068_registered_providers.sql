-- Who gives a social service stands in the register of social service providers; some kinds of service need no entry in it.

alter table service_kind add column registered boolean not null default true;
update service_kind set registered = false where code in
  ('foster-family', 'guardian-family', 'host-family', 'crisis-phone', 'humanitarian-aid', 'technical-aids', 'accessibility-support',
   'free-kitchen', 'hygiene-services', 'meals-at-home', 'social-taxi', 'specialised-transport', 'summer-camp', 'supervision',
   'parents-school', 'addiction-prevention', 'work-skills-programme', 'motivation-programme', 'creative-workshop', 'assistant');
