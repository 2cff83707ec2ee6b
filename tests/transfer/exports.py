"""Exports of other programs, small and made up, in their own layouts."""

# ruff: noqa: E501 - rows are as long as they are

from __future__ import annotations

SALESFORCE = {
    "Account.csv": """\
Id,IsDeleted,MasterRecordId,Name,Type,ParentId,BillingStreet,BillingCity,BillingPostalCode,BillingCountry,Phone,Website,Industry,AnnualRevenue,NumberOfEmployees,OwnerId,CreatedDate
001A,false,000000000000000AAA,Acme Subsidiary,Customer,001B,Calle 1,Madrid,28001,Spain,+34 600 123 456,,Steel,1200000,50,005X,2020-01-02T03:04:05.000Z
001B,false,,Acme,Customer,,,,,,,acme.example,Steel,,500,005X,2019-01-02T03:04:05.000Z
001C,true,,Gone Inc,Customer,,,,,,,gone.example,,,,005X,2019-01-02T03:04:05.000Z
001D,false,,Orphan,Customer,001Z,,,,,,,,,,005X,2019-01-02T03:04:05.000Z
""",
    "Contact.csv": """\
Id,IsDeleted,AccountId,FirstName,LastName,MailingCity,MailingCountry,Phone,Email,Title,ReportsToId,OwnerId,CreatedDate
003A,false,001A,Ana,Ruiz,Madrid,Spain,+34 600 111 222,ana@acme.example,Buyer,003B,005X,2021-01-02T03:04:05.000Z
003B,false,001B,Bo,Li,,,,bo@acme.example,CEO,,005X,2021-01-02T03:04:05.000Z
003C,false,001Z,Cy,Day,,,,not an address,CEO,003Q,005X,2021-01-02T03:04:05.000Z
003D,false,001Z,Di,Fox,,,,di@fox.example,CEO,003Q,005X,2021-01-02T03:04:05.000Z
""",
    "Lead.csv": """\
Id,IsDeleted,FirstName,LastName,Company,Email,Status,IsConverted,ConvertedContactId,ConvertedAccountId,ConvertedOpportunityId,Street,City,Country,LeadSource
00QA,false,Ana,Ruiz,Acme Old,ana.old@acme.example,Closed - Converted,true,003A,001A,006A,Old 1,Toledo,Spain,Web
00QB,false,Lee,Wong,Wong Ltd,lee@wong.example,Working - Contacted,false,,,,Main 5,Cork,Ireland,Fair
""",
    "Opportunity.csv": """\
Id,IsDeleted,AccountId,ContactId,Name,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate
006A,false,001B,003B,Big deal,Qualified,50000,25,2026-12-31,false,false,005X,2024-01-02T03:04:05.000Z
006B,false,001A,003A,Small deal,Closed Won,500,100,2024-02-01,true,true,005X,2024-01-02T03:04:05.000Z
006C,false,001A,,Odd deal,Needs Analysis,700,100,2024-03-01,true,false,005X,2024-01-02T03:04:05.000Z
""",
    "Task.csv": """\
Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,IsDeleted,AccountId,Description,CreatedDate
00TA,003A,006A,Call Ana,2026-07-01,Not Started,High,005X,false,001A,Ask for it,2024-01-02T03:04:05.000Z
00TB,003Z,001B,Send offer,2024-07-01,Completed,Normal,005X,false,001B,,2024-01-02T03:04:05.000Z
""",
    "Event.csv": """\
Id,WhoId,WhatId,Subject,StartDateTime,DurationInMinutes,OwnerId,IsDeleted,Description
00UA,003B,006A,Demo,2024-05-01T10:00:00.000Z,45,005X,false,Went well
""",
}
SALESFORCE_REPORT = """\
First Name,Last Name,Account Name,Title,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Phone,Email,Contact Owner
Ana,Ruiz,Acme,Buyer,Calle 1,Madrid,MD,28001,Spain,600111222,ana@acme.example,Sam
"""
HUBSPOT = {
    "companies.csv": """\
Record ID,Company name,Website URL,Company owner,Create Date
9001,Dacia Data,dacia.example,Sam,2023-05-01 10:22
9002,Kumar Ltd,,,2023-05-01 10:22
""",
    "contacts.csv": """\
Record ID,First Name,Last Name,Email,Associated Company,Associated Company IDs,Associated Deal,Associated Deal IDs,Create Date
101,Elena,Popescu,elena@dacia.example,Dacia Data,9001,Pilot;Rollout,501;502,2023-05-01 10:22
102,Raj,Kumar,raj@kumar.example,Kumar Ltd,9002,,,2023-05-01 10:22
""",
    "deals.csv": """\
Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Close Date,Deal probability,Deal owner,Associated Company IDs,Associated Contact IDs,Create Date
501,Pilot,Qualified,Sales,1500.50,USD,2026-09-01 00:00,0.25,Sam,9001,101;102,2024-02-01 10:00
502,Rollout,Closed won,Sales,20000,USD,2024-03-01 12:00,1,Sam,9001,,2024-02-01 10:00
503,Other,Proposal,Sales,,,,0.5,Nobody Known,9009,199,2024-02-01 10:00
""",
}
PIPEDRIVE = """\
Deal - Title *;Deal - Owner;Deal - Pipeline;Deal - Stage;Deal - Value;Deal - Currency of value;Deal - Expected close date;\
Deal - Status;Deal - Lost reason;Deal - Label;Organization - Name;Organization - Address;Person - Name;Person - Email (Work);\
Person - Phone (Mobile);Note
Beta deal;Sam;Sales;Qualified;1.234,56;EUR;13/04/2026;open;;hot;Beta GmbH;Main St 5;Rosa Diaz;rosa@beta.example;+49 30 123456;"Call her
back"
Gamma deal;Kim;New biz;Demo;2.000,00;USD;04/05/2026;lost;Too dear;cold;Gamma SA;;Ben Ode;ben@gamma.example;;
Delta deal;Sam;Sales;Negotiation;12.500;EUR;01/06/2026;won;;;Beta GmbH;;Rosa Diaz;rosa@beta.example;;
"""
SALES = {
    "products.csv": "product,series,sales_price\nGTX Basic,GTX,550\nGTX Pro,GTX,4821\nMG Special,MG,55\n",
    "accounts.csv": """\
account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Betasoloin,medical,1999,251.41,495,Kenya,Acme Corporation
""",
    "sales_pipeline.csv": """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1C1I7A6R,Sam,GTXPro,Acme Corporation,Won,2016-10-20,2017-03-01,1054
Z063OYW0,Darcel Schlecht,GTX Pro,Betasoloin,Lost,2016-10-25,2017-03-11,0
EC4QE1BX,Darcel Schlecht,MG Special,Acme Corporaton,Engaging,2016-10-25,,
MV1LWRNH,Sam,GTX Basic,,Prospecting,,,
""",
}
TWENTY_PEOPLE = """\
firstName,lastName,Emails / Primary Email,Emails / Additional Emails,jobTitle,companyDomain,Phones / Primary Phone Number,\
Phones / Primary Phone Country Code,Phones / Primary Phone Calling Code,Address / City
Ana,Ruiz,ana@acme.example,"[""ana@home.example"",""a.ruiz@acme.example""]",Buyer,acme.example,600111222,ES,+34,Madrid
"""
TWENTY_DEALS = """\
Id,Name,Amount / Amount,Amount / Currency,Close Date,Stage,Company,Email
d-1,Big,1500.5,USD,2026-09-01,Proposal,Acme,ana@acme.example
"""
ATOMIC = """\
first_name,last_name,gender,title,background,first_seen,last_seen,has_newsletter,status,tags,linkedin_url,company,email_work,email_home,email_other,phone_work,phone_home,phone_other
Ana,Ruiz,female,Buyer,Met at the fair,2024-01-02T10:00:00Z,2024-03-02T10:00:00Z,true,warm,"vip, press",https://linkedin.com/in/ana,Acme,ana@acme.example,ana@home.example,,600111222,,
"""
