"""Regions of western Europe and the Americas that write in the Latin alphabet."""

from __future__ import annotations

from crmtool.demo.region import Region

REGIONS = (
    Region(
        key="en_US", country="US", language="en", zone="America/New_York", currency="USD", weight=16, middle=20,
        given="James Robert Michael David William Richard Joseph Thomas Charles Daniel Matthew Anthony Mark "
        "Donald Steven Andrew Paul Joshua Kenneth Kevin Brian George Timothy Ronald Jason Edward Ryan "
        "Jacob Gary Nicholas Eric Jonathan Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica "
        "Sarah Karen Lisa Nancy Betty Sandra Margaret Ashley Kimberly Emily Donna Michelle Carol Amanda "
        "Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen",
        family="Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson "
        "Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill "
        "Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Turner Phillips Evans Parker "
        "Edwards Collins Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Reed Bailey Bell Kelly "
        "Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray Hughes Price Myers Long Foster "
        "Sanders Ross Powell Sullivan Russell Butler Barnes Fisher Henderson Coleman Simmons Patterson "
        "Jordan Reynolds Hamilton Graham Wallace West Cole Hayes Ford Gibson Ellis Stevens Murray Tucker "
        "Crawford O'Connor McDonald Van_Horn",
        more_family="Ash Black Brad Brook Burn Clay Cran Dal East Fair Green Hart Haw Holm Lang Mid North Oak Red "
        "Shel Stan Thorn West Whit Win Wood + ford ton ley wood worth field brook man by well bury ham",
        cities="New York|NY,Chicago|IL,Boston|MA,Austin|TX,Denver|CO,Seattle|WA,Portland|OR,Atlanta|GA,"
        "Phoenix|AZ,San Diego|CA,Columbus|OH,Nashville|TN",
        streets="Main Street,Oak Avenue,Maple Street,Cedar Lane,Washington Boulevard,Lake Drive,Hill Road,"
        "Park Avenue",
        street="{n} {street}", postal="#####",
        phones="(212) ^##-####,+1 312 ^## ####,617-^##-####,+1 (512) ^##-####,303.^##.####,+1206^######",
        words="Blue Summit Granite River Pioneer Liberty Cascade Northern Copper Harbor Prairie Redwood Silver "
        "Eagle Bright Iron Golden Lone Clear Evergreen",
        trades="Logistics Systems Foods Analytics Health Energy Builders Labs Media Software Manufacturing "
        "Capital Freight Robotics Outfitters Materials",
        suffixes="Inc LLC Corp Group",
        remarks="Prefers a short call in the morning.|Asked for references from the same industry.",
    ),
    Region(
        key="en_GB", country="GB", language="en", zone="Europe/London", currency="GBP", weight=8, middle=8, double=0.1,
        given="Oliver Harry Jack George Alfie Callum Rhys Ewan Hamish Nigel Graham Stuart Alistair Duncan "
        "Gareth Simon Colin Amelia Isla Olivia Poppy Freya Imogen Rhiannon Fiona Morag Gemma Philippa "
        "Harriet Siân Niamh Aoife Beatrice Eleanor",
        family="Clarke Wright Thompson Hughes Edwards Shaw Patel Griffiths Fraser MacLeod Sinclair Pemberton "
        "Ashworth Holt Bradshaw Whitaker Hargreaves Barlow Llewellyn Pritchard Begum Khan Atkinson "
        "Fletcher Dawson Marsh Webb Knowles O'Neill Fitzgerald Ainsworth Thornton Kirby Lowe Nash Poole "
        "Rowe Sharp Tate Vance Yates",
        more_family="Ash Ald Bar Bin Brad Cal Chat Cold Dun Els Fen Gar Hal Har Hol Kel Lin Mars Nor Pem Rad Sel "
        "Stan Ut War Wet + by field ford ham ley more shaw ton wick worth bourne combe",
        cities="London|England,Leeds|England,Bristol|England,Manchester|England,Edinburgh|Scotland,"
        "Glasgow|Scotland,Cardiff|Wales,Belfast|Northern Ireland",
        streets="High Street,Station Road,Church Lane,Victoria Road,Mill Lane,King's Road,Queensway",
        street="{n} {street}", postal="@@# #@@",
        phones="+44 7^## ######,07^## ######,020 7^## ####,+44 (0)161 ### ####,0131 ^## ####",
        words="Albion Severn Thames Pennine Oakham Blackwell Ashford Kingsway Moorland Harrow Fenwick Stirling "
        "Cotswold Ravenscar",
        trades="Engineering Supplies Interiors Foods Consulting Marine Textiles Instruments Catering Software "
        "Joinery",
        suffixes="Ltd plc LLP",
        remarks="Budget year ends in March.|Wants everything in writing first.",
    ),
    Region(
        key="es_ES", country="ES", language="es", zone="Europe/Madrid", currency="EUR", weight=7, double=0.75,
        given="Antonio José Manuel Francisco Javier Andrés Íñigo Álvaro Raúl Óscar Joaquín Sergio Rubén Iván "
        "Jesús Adrián María Carmen Ana Lucía Sofía Belén Inés Begoña Nuria Mónica Verónica Ángela Pilar "
        "Rocío Leire Ainhoa Concepción",
        family="García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz "
        "Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez "
        "Ramos Gil Ramírez Serrano Blanco Molina Suárez Ortega Delgado Castro Ortiz Rubio Marín Sanz "
        "Núñez Iglesias Etxeberria Puig Ferrer",
        cities="Madrid|Madrid,Barcelona|Cataluña,Valencia|Comunitat Valenciana,Sevilla|Andalucía,Bilbao|Euskadi,"
        "Zaragoza|Aragón,A Coruña|Galicia",
        streets="Calle Mayor,Avenida de la Constitución,Calle del Pez,Paseo de Gracia,Plaza de España,Calle Ñuño",
        street="{street}, {n}", postal="#####",
        phones="+34 6## ### ###,6########,+34 91 ### ## ##,934 ## ## ##,0034 6## ## ## ##",
        words="Ibérica Levante Peñalta Sierra Alborada Miramar Cantábrica Duero Olivares Castilla Montseny "
        "Guadiana",
        trades="Logística Alimentación Sistemas Construcciones Energía Consultores Textil Ingeniería "
        "Distribuciones Turismo",
        suffixes="S.L. S.A. S.L.U.",
        shape="{trade} {word} {suffix}",
        remarks="Prefiere que le llamemos por la tarde.|Está comparando tres propuestas; decide en junio.",
    ),
    Region(
        key="es_MX", country="MX", language="es", zone="America/Mexico_City", currency="MXN", weight=5, double=0.85,
        given="Luis Carlos Jorge Miguel Ángel Eduardo Ricardo Fernando Alejandro Héctor Ramón Emiliano "
        "Santiago Mateo Guadalupe Juana Margarita Alejandra Gabriela Ximena Fernanda Valeria Regina "
        "Renata Itzel Citlali Jimena Paola",
        family="Hernández García Martínez López González Rodríguez Pérez Sánchez Ramírez Cruz Flores Gómez "
        "Morales Vázquez Reyes Jiménez Torres Díaz Gutiérrez Mendoza Aguilar Ortiz Castillo Juárez "
        "Chávez Rivera Guzmán Salazar Cárdenas Zúñiga Ibarra Ávila Cervantes Peña Quintero Treviño",
        cities="Ciudad de México|CDMX,Guadalajara|Jalisco,Monterrey|Nuevo León,Puebla|Puebla,Mérida|Yucatán,"
        "Querétaro|Querétaro",
        streets="Avenida Insurgentes,Calle Hidalgo,Avenida Juárez,Calle Morelos,Paseo de la Reforma",
        street="{street} {n}", postal="#####",
        phones="+52 55 #### ####,+52 1 33 #### ####,81 #### ####,+52 222 ### ####",
        words="Azteca Anáhuac Tlaloc Jade Quetzal Sonora Bajío Cenote Pacífico Altamira",
        trades="Comercial Industrial Agropecuaria Transportes Servicios Tecnología Minera Bebidas",
        suffixes="S.A._de_C.V. S._de_R.L.",
        shape="{trade} {word} {suffix}",
        remarks="Pide factura antes de pagar.|Le interesa el plan anual si bajamos el precio.",
    ),
    Region(
        key="pt_BR", country="BR", language="pt", zone="America/Sao_Paulo", currency="BRL", weight=6, double=0.7,
        given="João Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Gabriel Rafael Thiago Caio Vinícius "
        "Maria Ana Francisca Antônia Adriana Juliana Márcia Fernanda Letícia Beatriz Conceição Luíza "
        "Renata Tainá",
        family="Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins "
        "Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Araújo Moreira "
        "Cardoso Teixeira Correia Gonçalves Magalhães Brandão Falcão Azevedo Simões",
        cities="São Paulo|SP,Rio de Janeiro|RJ,Belo Horizonte|MG,Curitiba|PR,Porto Alegre|RS,Recife|PE,"
        "Goiânia|GO",
        streets="Rua das Flores,Avenida Paulista,Rua XV de Novembro,Rua São João,Avenida Brasil,"
        "Travessa do Ouvidor",
        street="{street}, {n}", postal="#####-###",
        phones="+55 11 9####-####,(21) 9####-####,+55 31 3###-####,011 9####-####",
        words="Aurora Ipê Jatobá Guarani Atlântica Cerrado Paraná Sabiá Mantiqueira Jacarandá",
        trades="Alimentos Transportes Sistemas Engenharia Agro Comércio Saúde Construções Têxtil",
        suffixes="Ltda S.A. ME",
        shape="{word} {trade} {suffix}",
        remarks="Melhor falar pelo telefone celular.|Decisão fica para depois do carnaval.",
    ),
    Region(
        key="fr_FR", country="FR", language="fr", zone="Europe/Paris", currency="EUR", weight=7, second=0.14, double=0.05,
        given="Jean Pierre Michel André Philippe René Louis Alain Jacques Bernard François Éric Gaël Loïc "
        "Benoît Jérôme Théo Marie Jeanne Françoise Monique Catherine Nathalie Hélène Zoé Chloé Anaïs "
        "Agnès Cécile Élodie Aurélie Inès Maëlle",
        family="Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre "
        "Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont "
        "Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller Roussel "
        "Nicolas Perrin Morin Mathieu Clément Gauthier Hébert Le_Goff Lemaître Bénard Côté L'Hôpital",
        more_family="Beau Bel Bon Cham Clair Dela Fon Grand La Mal Mont Roch Saint- Val Ville + bert bois champ "
        "court dier fort mare mont net nier pierre rand ville voisin",
        cities="Paris|Île-de-France,Lyon|Rhône,Marseille|Provence,Lille|Hauts-de-France,Nantes|Pays de la Loire,"
        "Strasbourg|Grand Est,Besançon|Doubs",
        streets="rue de la République,avenue Victor-Hugo,boulevard Voltaire,rue du Marché,place de l'Église,"
        "rue des Lilas",
        street="{n} {street}", postal="#####",
        phones="+33 6 ## ## ## ##,06 ## ## ## ##,01.##.##.##.##,+33 (0)4 ## ## ## ##",
        words="Lumière Armor Beaumont Étoile Garonne Mistral Clairval Vosges Océane Champenois Sévigné",
        trades="Transports Conseil Énergie Bâtiment Mécanique Agroalimentaire Numérique Santé Cosmétiques "
        "Vignobles",
        suffixes="SARL SAS SA",
        shape="{word} {trade} {suffix}",
        remarks="Rappeler après les vacances d'août.|Souhaite une démonstration en français.",
    ),
    Region(
        key="de_DE", country="DE", language="de", zone="Europe/Berlin", currency="EUR", weight=9, second=0.12, double=0.1,
        given="Hans Peter Wolfgang Klaus Jürgen Günter Stefan Thomas Andreas Jörg Björn Uwe Matthias Sören "
        "Lukas Felix Jonas Ursula Monika Petra Sabine Renate Heike Käthe Jutta Anja Katrin Bärbel Greta "
        "Leonie Mia Hannah Friederike Ümran",
        family="Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer "
        "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
        "Werner Krause Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz "
        "Möller Weiß Jung Hahn Vogel Friedrich Günther Keller Groß Berger Yılmaz von_Bülow",
        more_family="Ober Nieder Unter Neu Alt Holz Stein Wald Berg Linden Eichen Winter Sommer Haber Wein Rot Gold "
        "Silber Kirch Brunn + meier mann bauer hofer berger müller feld bach wald stein huber hagen",
        cities="Berlin|Berlin,Hamburg|Hamburg,München|Bayern,Köln|Nordrhein-Westfalen,"
        "Stuttgart|Baden-Württemberg,Leipzig|Sachsen,Nürnberg|Bayern,Düsseldorf|Nordrhein-Westfalen",
        streets="Hauptstraße,Bahnhofstraße,Schulstraße,Gartenweg,Königsallee,Lindenallee,Am Mühlbach",
        street="{street} {n}", postal="#####",
        phones="+49 151 ########,0171/#######,+49 30 ########,089 / ######,+49 (0)221 ######",
        words="Nordlicht Rheingold Falken Adler Bergmann Isar Hanse Schwaben Löwen Grünwald Weser Sonnen "
        "Münster",
        trades="Logistik Maschinenbau Technik Energie Druck Bau Elektronik Werkzeuge Medizintechnik "
        "Lebensmittel Software",
        suffixes="GmbH AG GmbH_&_Co._KG",
        shape="{word} {trade} {suffix}",
        remarks="Braucht ein schriftliches Angebot für die Geschäftsführung.|Rückruf nächste Woche vereinbart.",
    ),
    Region(
        key="it_IT", country="IT", language="it", zone="Europe/Rome", currency="EUR", weight=5, second=0.3, double=0.06,
        given="Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Niccolò Matteo Lorenzo Alessandro Davide "
        "Simone Maria Anna Giuseppina Rosa Angela Giulia Chiara Francesca Elisa Martina Ludovica "
        "Beatrice Ginevra",
        family="Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti "
        "De_Luca Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi "
        "Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo D'Angelo Dell'Orto "
        "Nicolò",
        more_family="Bel Ber Bon Cal Cas Fer Gal Man Mon Pal Ros Sal Val Vin + accini agni ardi aroli atelli azzi "
        "eroni etti ieri ini olini otti ucci",
        cities="Milano|MI,Roma|RM,Torino|TO,Napoli|NA,Bologna|BO,Firenze|FI,Forlì|FC",
        streets="Via Roma,Via Garibaldi,Corso Italia,Via Dante,Piazza del Popolo,Via della Libertà",
        street="{street}, {n}", postal="#####",
        phones="+39 3## ### ####,3## #######,+39 02 #### ####,06/########",
        words="Adriatica Brera Tirreno Alpina Vesuvio Toscana Aurelia Belvedere Arno Ligure",
        trades="Alimentari Meccanica Moda Trasporti Edilizia Ceramiche Servizi Elettronica Vini",
        suffixes="S.r.l. S.p.A. S.n.c.",
        shape="{word} {trade} {suffix}",
        remarks="Vuole vedere un campione prima di ordinare.|Chiuso ad agosto.",
    ),
    Region(
        key="nl_NL", country="NL", language="nl", zone="Europe/Amsterdam", currency="EUR", weight=4, second=0.35, double=0.1,
        given="Jan Pieter Willem Daan Sem Lars Thijs Ruben Bram Jeroen Maarten Joost Anna Emma Sanne Lotte "
        "Fleur Femke Anouk Marijke Noor Chloë Saskia Zoë",
        family="de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Smit Meijer de_Boer Mulder de_Groot "
        "Bos Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf van_der_Meer "
        "Kok Jacobs Vermeulen Daniëls",
        more_family="van_der_ van_den_ van_ + Berg Bosch Heijden Linden Molen Veen Wal Steen Kamp Horst Hoek Poel "
        "Broek Laan Brink Sluis Plas|Kuij Zand Nieuwen Ooster Wester Hoog Land Noord + stra huis man "
        "kamp hof veld",
        cities="Amsterdam|Noord-Holland,Rotterdam|Zuid-Holland,Utrecht|Utrecht,Eindhoven|Noord-Brabant,"
        "Groningen|Groningen",
        streets="Kerkstraat,Dorpsstraat,Molenweg,Prinsengracht,Stationsplein,Julianalaan",
        street="{street} {n}", postal="#### @@",
        phones="+31 6 ########,06-########,020-#######,+31 (0)10 ### ## ##",
        words="Waterland Noordzee Tulpen Zuider Molen Oranje Amstel Veluwe",
        trades="Transport Techniek Zuivel Bouw Software Bloemen Installaties Scheepvaart",
        suffixes="B.V. N.V.",
        remarks="Wil eerst een proefperiode.|Mail liever dan bellen.",
    ),
    Region(
        key="sv_SE", country="SE", language="sv", zone="Europe/Stockholm", currency="SEK", weight=3, second=0.5,
        given="Lars Anders Johan Per Karl Nils Göran Håkan Åke Björn Oskar Anna Eva Maria Karin Kristina Åsa "
        "Märta Elin Linnéa Saga Ebba Örjan",
        family="Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson "
        "Pettersson Jonsson Lindström Lindqvist Åkesson Öberg Sjöberg Bergström Håkansson Nyström Björk "
        "Ekström Sandström",
        more_family="Berg Lind Björk Ek Sjö Ny Hag Gran Alm Ström Sund Öst Väster Norr Dal Hed Käll + ström berg "
        "gren kvist lund dahl mark strand holm wall stedt",
        cities="Stockholm|Stockholms län,Göteborg|Västra Götaland,Malmö|Skåne,Umeå|Västerbotten,"
        "Örebro|Örebro län",
        streets="Storgatan,Drottninggatan,Kyrkogatan,Björkvägen,Ängsvägen",
        street="{street} {n}", postal="### ##",
        phones="+46 70 ### ## ##,070-### ## ##,08-### ### ##,+46 31 ### ## ##",
        words="Norrsken Fjäll Skärgård Älv Björk Mälar Polar Vänern",
        trades="Teknik Stål Skog Logistik Data Möbler Energi",
        suffixes="AB",
        remarks="Återkommer efter midsommar.|Vill ha offert på svenska.",
    ),
)  # fmt: skip
