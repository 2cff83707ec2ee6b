"""Regions of central and eastern Europe, Africa and Asia that write in the Latin alphabet."""

from __future__ import annotations

from crmtool.demo.region import Region

REGIONS = (
    Region(
        key="pl_PL", country="PL", language="pl", zone="Europe/Warsaw", currency="PLN", weight=4, second=0.12, double=0.12,
        given="Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Łukasz Stanisław Grzegorz Bartłomiej Wojciech "
        "Zbigniew",
        given_f="Anna Katarzyna Małgorzata Agnieszka Barbara Ewa Joanna Zofia Łucja Grażyna Bożena Żaneta "
        "Świętosława",
        family="Nowak Wójcik Mazur Kaczmarek Zając Król Wieczorek Wróbel Stępień Dudek Pawlak Sikora Baran Duda "
        "Szewczyk Pietrzak Marciniak Bąk Włodarczyk Kowalski Wiśniewski Kamiński Lewandowski Zieliński "
        "Szymański Dąbrowski",
        family_f="Nowak Wójcik Mazur Kaczmarek Zając Król Wieczorek Wróbel Stępień Dudek Pawlak Sikora Baran Duda "
        "Szewczyk Pietrzak Marciniak Bąk Włodarczyk Kowalska Wiśniewska Kamińska Lewandowska Zielińska "
        "Szymańska Dąbrowska",
        more_family="Adam Bor Dąbr Jabłon Kalin Kasz Lip Mal Ostr Pawł Rud Sosn Tom Wierzb Zawad Żur + owski ewski "
        "iński",
        more_family_f="Adam Bor Dąbr Jabłon Kalin Kasz Lip Mal Ostr Pawł Rud Sosn Tom Wierzb Zawad Żur + owska ewska "
        "ińska",
        cities="Warszawa|mazowieckie,Kraków|małopolskie,Łódź|łódzkie,Wrocław|dolnośląskie,Gdańsk|pomorskie,"
        "Poznań|wielkopolskie",
        streets="ul. Polna,ul. Leśna,ul. Słoneczna,ul. Krótka,al. Jerozolimskie,ul. Świętokrzyska",
        street="{street} {n}", postal="##-###",
        phones="+48 5## ### ###,6##-###-###,(22) ### ## ##,+48 12 ### ## ##",
        words="Wisła Tatry Bałtyk Śląsk Orzeł Jantar Mazury Bursztyn",
        trades="Transport Budownictwo Systemy Spożywcza Meble Technika Odzież",
        suffixes="Sp._z_o.o. S.A.",
        remarks="Prosi o ofertę do końca miesiąca.|Decyzję podejmuje zarząd.",
    ),
    Region(
        key="cs_CZ", country="CZ", language="cs", zone="Europe/Prague", currency="CZK", weight=3, second=0.04, double=0.1,
        given="Jiří Jan Petr Josef Pavel Martin Tomáš Jaroslav Miroslav Zdeněk Václav Ondřej Vojtěch Matěj",
        given_f="Marie Jana Eva Hana Anna Lenka Kateřina Lucie Věra Alena Zdeňka Tereza Barbora Božena",
        family="Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Pospíšil "
        "Hájek Král Jelínek Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Krejčí",
        family_f="Nováková Svobodová Novotná Dvořáková Černá Procházková Kučerová Veselá Horáková Němcová Pokorná "
        "Marková Pospíšilová Hájková Králová Jelínková Růžičková Benešová Fialová Sedláčková Doležalová "
        "Zemanová Kolářová Krejčí",
        more_family="Bart Hol Hruš Javor Klim Koz Lán Mal Ondr Pavl Rad Sob Tom Zem + ík ek áček ický oš",
        more_family_f="Bart Hol Hruš Javor Klim Koz Lán Mal Ondr Pavl Rad Sob Tom Zem + íková ková áčková ická ošová",
        cities="Praha|Praha,Brno|Jihomoravský,Ostrava|Moravskoslezský,Plzeň|Plzeňský,České Budějovice|Jihočeský",
        streets="Hlavní,Nádražní,Zahradní,Školní,Žižkova,Křížkovského",
        street="{street} {n}", postal="### ##",
        phones="+420 6## ### ###,7## ### ###,+420 2## ### ###",
        words="Vltava Morava Šumava Lípa Praděd Říp Sázava",
        trades="Stroje Potraviny Stavby Doprava Sklo Elektro",
        suffixes="s.r.o. a.s.",
        remarks="Zavolat znovu v pondělí.|Chce slevu při ročním placení.",
    ),
    Region(
        key="tr_TR", country="TR", language="tr", zone="Europe/Istanbul", currency="TRY", weight=3, second=0.35, double=0.1,
        given="Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Ömer Çağrı Oğuz Görkem Fatma Ayşe Emine Hatice "
        "Zeynep Elif Şule Gülşen Özlem İrem Çiğdem",
        family="Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan "
        "Çetin Kara Koç Kurt Özkan Şimşek Polat Güneş Işık Ağaoğlu",
        more_family="Ak Kara Gök Öz Er Tan Bay Demir Kurt Yıl Gün Ay Taş Altın + kaya soy tekin gül türk alp doğan "
        "man er bulut taş",
        cities="İstanbul|Marmara,Ankara|İç Anadolu,İzmir|Ege,Bursa|Marmara,Antalya|Akdeniz",
        streets="Atatürk Caddesi,Cumhuriyet Caddesi,İstiklal Caddesi,Gül Sokak,Çınar Sokak",
        street="{street} No: {n}", postal="#####",
        phones="+90 53# ### ## ##,0532 ### ## ##,(0212) ### ## ##",
        words="Anadolu Boğaziçi Ege Çınar Yıldız Toros",
        trades="Tekstil İnşaat Gıda Lojistik Makina Enerji Yazılım",
        suffixes="A.Ş. Ltd._Şti.",
        remarks="Bayramdan sonra aranacak.|Fiyat listesini istedi.",
    ),
    Region(
        key="hu_HU", country="HU", language="hu", zone="Europe/Budapest", currency="HUF", weight=2, family_first=True, second=0.6,
        given="László István József János Zoltán Sándor Gábor Attila Tamás Ákos Mária Erzsébet Katalin Ilona "
        "Éva Judit Zsuzsanna Ágnes Réka Tünde",
        family="Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács Juhász "
        "Lakatos Mészáros Oláh Szűcs Őri Győri",
        more_family="Deb Szent Kis Nagy Vár Hal Erd Mező Hegy Bor + recei pály ági osi falvi kúti mári halmi földi",
        cities="Budapest|Budapest,Debrecen|Hajdú-Bihar,Szeged|Csongrád,Győr|Győr-Moson-Sopron,Pécs|Baranya",
        streets="Petőfi Sándor utca,Kossuth Lajos utca,Fő utca,Rákóczi út",
        street="{street} {n}.", postal="####",
        phones="+36 20 ### ####,06 30 ### ####,+36 1 ### ####",
        words="Duna Tisza Mátra Alföld Bükk",
        trades="Gépgyár Élelmiszer Szállítás Építő Informatika",
        suffixes="Kft. Zrt.",
        remarks="Jövő héten visszahívni.|Magyar nyelvű szerződést kér.",
    ),
    Region(
        key="vi_VN", country="VN", language="vi", zone="Asia/Ho_Chi_Minh", currency="VND", weight=3, family_first=True,
        given="Minh Anh Hùng Dũng Tuấn Đức Quang Huy Long Phúc Lan Hương Hoa Mai Ngọc Thảo Linh Trang Yến Quỳnh",
        family="Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
        middles="Văn Thị Đình Hữu Minh Thanh Quốc Ngọc",
        cities="Hà Nội|Hà Nội,Thành phố Hồ Chí Minh|Hồ Chí Minh,Đà Nẵng|Đà Nẵng,Cần Thơ|Cần Thơ,"
        "Huế|Thừa Thiên Huế",
        streets="Lê Lợi,Trần Hưng Đạo,Nguyễn Huệ,Hai Bà Trưng,Điện Biên Phủ",
        street="{n} {street}", postal="######",
        phones="+84 9# ### ## ##,09## ### ###,(024) #### ####",
        words="Sông_Hồng Đông_Á Việt_Tín Thành_Công Hoàng_Gia Bình_Minh",
        trades="Thương_mại Xây_dựng Thực_phẩm Vận_tải Công_nghệ",
        suffixes="JSC TNHH",
        shape="{trade} {word} {suffix}",
        remarks="Liên hệ qua điện thoại buổi sáng.|Cần báo giá bằng tiếng Việt.",
    ),
    Region(
        key="id_ID", country="ID", language="id", zone="Asia/Jakarta", currency="IDR", weight=3, second=0.75,
        given="Budi Agus Andi Dwi Eko Hendra Joko Rizki Wahyu Yusuf Siti Sri Dewi Ayu Ratna Putri Wulan Indah "
        "Fitri Nur",
        family="Santoso Wijaya Setiawan Hidayat Nugroho Saputra Kusuma Pratama Siregar Nasution Simanjuntak "
        "Gunawan Lestari Wibowo Suryadi Halim Permata Utami Rahman Firmansyah",
        more_family="Adi Arya Bima Dharma Hadi Jaya Kusu Mahar Prawira Sastra Surya Wira + wijaya putra kusuma "
        "negara dinata atmaja guna ningrat",
        cities="Jakarta|DKI Jakarta,Surabaya|Jawa Timur,Bandung|Jawa Barat,Medan|Sumatera Utara,Denpasar|Bali",
        streets="Jalan Sudirman,Jalan Merdeka,Jalan Diponegoro,Jalan Melati",
        street="{street} No. {n}", postal="#####",
        phones="+62 812 #### ####,0813-####-####,(021) #### ####",
        words="Nusantara Garuda Merapi Samudra Cendana Bintang",
        trades="Sentosa Makmur Abadi Jaya Mandiri Perkasa",
        suffixes="Tbk Persada",
        shape="PT {word} {trade} {suffix}",
        remarks="Minta penawaran lewat surel.|Rapat ditunda sampai setelah Lebaran.",
    ),
    Region(
        key="en_NG", country="NG", language="en", zone="Africa/Lagos", currency="NGN", weight=3,
        middle=6, second=0.6, double=0.15,
        given="Chinedu Emeka Oluwaseun Adebayo Tunde Ibrahim Musa Obinna Kelechi Femi Ngozi Amaka Chiamaka "
        "Folake Yetunde Aisha Zainab Ifeoma Temitope Blessing Ọlábísí Adéọlá",
        family="Okafor Adeyemi Okonkwo Balogun Eze Abubakar Nwosu Adewale Ogunleye Bello Chukwu Obi Lawal "
        "Onyekachi Danjuma Afolabi Okoro Suleiman Uche Akintola",
        more_family="Ade Ola Olu Ayo Oke Chuk Nna Obi + bayo wale yemi dele wuemeka kunle seun tunji ora nna",
        cities="Lagos|Lagos,Abuja|FCT,Kano|Kano,Ibadan|Oyo,Port Harcourt|Rivers",
        streets="Awolowo Road,Broad Street,Allen Avenue,Ahmadu Bello Way,Marina Road",
        street="{n} {street}", postal="######",
        phones="+234 803 ### ####,0806 ### ####,+234 1 ### ####",
        words="Zuma Lekki Savannah Sahel Palmgrove Benue Oduduwa",
        trades="Agro Oil_Services Foods Telecoms Logistics Cement Microfinance",
        suffixes="Ltd plc",
        remarks="Reach him on the mobile number only.|Waiting for the import licence.",
    ),
)  # fmt: skip
