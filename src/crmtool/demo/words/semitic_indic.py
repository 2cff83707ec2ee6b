"""Regions that write in Arabic, Hebrew, Devanagari, Tamil and Thai letters; each word carries its romanisation."""

from __future__ import annotations

from crmtool.demo.region import Region

REGIONS = (
    Region(
        key="ar_EG", country="EG", language="ar", zone="Africa/Cairo", currency="EGP", weight=3,
        given="محمد=mohamed أحمد=ahmed محمود=mahmoud مصطفى=mostafa علي=ali عمر=omar خالد=khaled يوسف=youssef "
        "كريم=karim طارق=tarek فاطمة=fatma مريم=mariam نور=nour سارة=sara هبة=heba ياسمين=yasmin "
        "دينا=dina منى=mona ليلى=laila آية=aya",
        family="حسن=hassan إبراهيم=ibrahim عبد_الله=abdallah السيد=elsayed عبد_الرحمن=abdelrahman "
        "النجار=elnaggar منصور=mansour سليمان=soliman المصري=elmasry شريف=sherif فوزي=fawzy "
        "رمضان=ramadan الشافعي=elshafei بدوي=badawy غنيم=ghoneim حجازي=hegazy",
        middles="محمد=m أحمد=a علي=a حسين=h سعيد=s عادل=a جمال=g",
        more_family="عبد_ال=abdel + حميد=hamid فتاح=fattah كريم=karim عزيز=aziz سلام=salam غني=ghany هادي=hady "
        "ناصر=naser قادر=kader لطيف=latif",
        cities="القاهرة|القاهرة,الإسكندرية|الإسكندرية,الجيزة|الجيزة,أسيوط|أسيوط",
        streets="شارع التحرير,شارع النيل,شارع رمسيس,شارع الجامعة",
        street="{n} {street}", postal="#####",
        phones="+20 10 #### ####,010########,02 #### ####",
        words="النيل=nile الأهرام=ahram الفجر=fagr الدلتا=delta السلام=salam الواحة=waha",
        trades="للتجارة=trade للمقاولات=contracting للأغذية=foods للنقل=transport للاتصالات=telecom",
        suffixes="ش.م.م=sae",
        shape="{word} {trade} {suffix}",
        remarks="يفضل التواصل عبر الهاتف صباحاً.|طلب عرض سعر باللغة العربية.",
    ),
    Region(
        key="ar_AE", country="AE", language="ar", zone="Asia/Dubai", currency="AED", weight=2,
        given="سعيد=saeed راشد=rashid حمدان=hamdan سلطان=sultan ماجد=majid فيصل=faisal عبد_العزيز=abdulaziz "
        "هند=hind موزة=moza شيخة=shaikha عائشة=aisha حصة=hessa لطيفة=latifa",
        family="آل_علي=alali المنصوري=almansoori الكتبي=alketbi الظاهري=aldhaheri البلوشي=albalooshi "
        "الهاشمي=alhashimi القاسمي=alqasimi الزعابي=alzaabi المهيري=almheiri الشامسي=alshamsi",
        middles="بن_سعيد=s بن_محمد=m بن_راشد=r بن_خليفة=k",
        middles_f="بنت_سعيد=s بنت_محمد=m بنت_راشد=r",
        given_f="هند=hind موزة=moza شيخة=shaikha عائشة=aisha حصة=hessa لطيفة=latifa ميثاء=maitha",
        more_family="ال=al + نعيمي=nuaimi سويدي=suwaidi مزروعي=mazrouei كعبي=kaabi رميثي=romaithi حوسني=hosani "
        "غفلي=ghafli طنيجي=tunaiji قبيسي=qubaisi مرزوقي=marzooqi",
        cities="دبي|دبي,أبو ظبي|أبو ظبي,الشارقة|الشارقة",
        streets="شارع الشيخ زايد,شارع الكورنيش,شارع الوحدة",
        street="{street} {n}", postal="#####",
        phones="+971 50 ### ####,055 ### ####,+971 4 ### ####",
        words="الخليج=gulf الصقر=saqr اللؤلؤة=lulu المرجان=marjan الصحراء=sahra",
        trades="العقارية=realty القابضة=holding للخدمات=services للتقنية=technology",
        suffixes="ذ.م.م=llc",
        shape="{word} {trade} {suffix}",
        remarks="الاجتماع بعد صلاة العصر.|ينتظر موافقة الإدارة.",
    ),
    Region(
        key="he_IL", country="IL", language="he", zone="Asia/Jerusalem", currency="ILS", weight=2, second=0.2, double=0.1,
        given="דוד=david יוסף=yosef משה=moshe אברהם=avraham יעקב=yaakov איתן=eitan נועם=noam אורי=uri "
        "עומר=omer גיא=guy נועה=noa תמר=tamar מיכל=michal שירה=shira יעל=yael רונית=ronit איילת=ayelet "
        "הילה=hila רחל=rachel",
        family="כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton דהן=dahan אברהם=avraham פרידמן=friedman "
        "אזולאי=azoulay שפירא=shapira בן_דוד=bendavid גולן=golan רוזן=rosen ברק=barak סגל=segal "
        "נחמיאס=nahmias",
        more_family="בן_=ben בר_=bar אבו_=abu + שמעון=shimon יוסף=yosef חיים=haim זאב=zeev נון=nun לב=lev צור=tzur "
        "אור=or אדם=adam|רוזנ=rosen גולד=gold וינ=wein ברנ=bern + ברג=berg שטיין=stein פלד=feld טל=tal "
        "בלום=blum",
        cities="תל אביב|תל אביב,ירושלים|ירושלים,חיפה|חיפה,באר שבע|הדרום",
        streets="הרצל,אלנבי,דיזנגוף,בן גוריון,ז׳בוטינסקי",
        street="{street} {n}", postal="#######",
        phones="+972 54 ### ####,052-#######,03-^######",
        words="כרמל=carmel גלבוע=gilboa אורן=oren נגב=negev תבור=tavor שקד=shaked",
        trades="מערכות=systems תעשיות=industries טכנולוגיות=technologies הנדסה=engineering מזון=food",
        suffixes="בע״מ=ltd",
        shape="{word} {trade} {suffix}",
        remarks="לחזור אליו אחרי החגים.|מבקש הצעת מחיר בעברית.",
    ),
    Region(
        key="fa_IR", country="IR", language="fa", zone="Asia/Tehran", currency="EUR", weight=1, second=0.3,
        given="علی=ali رضا=reza حسین=hossein امیر=amir پژمان=pejman گودرز=goudarz زهرا=zahra مینا=mina "
        "شیرین=shirin ژاله=jaleh نگار=negar پریسا=parisa",
        family="احمدی=ahmadi محمدی=mohammadi کریمی=karimi رضایی=rezaei حسینی=hosseini جعفری=jafari "
        "موسوی=mousavi چگینی=chegini پارسا=parsa گلستانی=golestani",
        more_family="علی=ali محمد=mohammad شیر=shir نور=nour پور=pour کیان=kian گل=gol + زاده=zadeh نژاد=nejad "
        "پور=pour یان=yan فر=far نیا=nia",
        cities="تهران|تهران,اصفهان|اصفهان,شیراز|فارس",
        streets="خیابان ولیعصر,خیابان حافظ,خیابان سعدی",
        street="{street} پلاک {n}", postal="#####-#####",
        phones="+98 912 ### ####,021 #### ####",
        words="پارس=pars البرز=alborz دماوند=damavand آفتاب=aftab",
        trades="صنعت=sanat گستر=gostar تجارت=tejarat",
        suffixes="سهامی_خاص=pjs",
        shape="{word} {trade}",
        remarks="پس از نوروز تماس گرفته شود.|پیش‌فاکتور می‌خواهد.",
    ),
    Region(
        key="hi_IN", country="IN", language="hi", zone="Asia/Kolkata", currency="INR", weight=6,
        given="राज=raj अमित=amit राहुल=rahul संजय=sanjay विजय=vijay सुनील=sunil अर्जुन=arjun रोहित=rohit "
        "विक्रम=vikram मनोज=manoj प्रिया=priya नेहा=neha पूजा=pooja अंजलि=anjali सुनीता=sunita "
        "कविता=kavita दीपिका=deepika मीरा=meera लक्ष्मी=lakshmi ऋतु=ritu",
        family="शर्मा=sharma वर्मा=verma गुप्ता=gupta सिंह=singh कुमार=kumar मिश्रा=mishra यादव=yadav "
        "जोशी=joshi पाण्डेय=pandey अग्रवाल=agarwal चौहान=chauhan त्रिपाठी=tripathi श्रीवास्तव=srivastava "
        "देसाई=desai कुलकर्णी=kulkarni ठाकुर=thakur",
        middles="कुमार=k प्रसाद=p नाथ=n लाल=l चन्द्र=c मोहन=m",
        more_family="राम=ram देव=dev हरि=hari श्री=shri विश्व=vishwa जग=jag सूर्य=surya इन्द्र=indra + कर=kar "
        "वाल=wal दास=das नाथ=nath राज=raj पाल=pal वानी=wani",
        cities="नई दिल्ली|दिल्ली,मुंबई|महाराष्ट्र,जयपुर|राजस्थान,लखनऊ|उत्तर प्रदेश,भोपाल|मध्य प्रदेश",
        streets="महात्मा गांधी मार्ग,नेहरू मार्ग,स्टेशन रोड,गांधी नगर",
        street="{n}, {street}", postal="######",
        phones="+91 98### #####,09#########,011-########,+91-22-########",
        words="भारत=bharat हिमालय=himalaya गंगा=ganga सूर्य=surya कमल=kamal अशोक=ashok",
        trades="उद्योग=udyog ट्रेडर्स=traders इंजीनियरिंग=engineering फूड्स=foods वस्त्र=vastra",
        suffixes="प्रा._लि.=pvt लिमिटेड=ltd",
        shape="{word} {trade} {suffix}",
        remarks="शाम को फ़ोन करना बेहतर है।|कोटेशन हिंदी में चाहिए।",
    ),
    Region(
        key="ta_IN", country="IN", language="ta", zone="Asia/Kolkata", currency="INR", weight=2,
        given="முருகன்=murugan கார்த்திக்=karthik அருண்=arun சுரேஷ்=suresh லட்சுமி=lakshmi மீனா=meena "
        "கவிதா=kavitha செல்வி=selvi தமிழ்=tamil வேலு=velu",
        family="சுப்பிரமணியம்=subramaniam ராமன்=raman கிருஷ்ணன்=krishnan நடராஜன்=natarajan செல்வம்=selvam "
        "பாலன்=balan ஐயர்=iyer பிள்ளை=pillai",
        middles="அ.=a க.=k ச.=s ம.=m ர.=r",
        more_given="செல்வ=selva தமிழ்=tamil இளங்=ilan அரு=aru கலை=kalai மணி=mani + ராஜ்=raj அரசி=arasi கோ=ko "
        "மொழி=mozhi வாணி=vani குமார்=kumar",
        more_family="ராம=rama கிருஷ்ண=krishna சிவ=siva முத்து=muthu பால=bala குமார=kumara ஜெய=jaya + சாமி=samy "
        "மூர்த்தி=murthy ராஜன்=rajan நாதன்=nathan குமார்=kumar வேல்=vel",
        cities="சென்னை|தமிழ்நாடு,மதுரை|தமிழ்நாடு,கோயம்புத்தூர்|தமிழ்நாடு",
        streets="அண்ணா சாலை,காந்தி தெரு,கடற்கரை சாலை",
        street="{n}, {street}", postal="######",
        phones="+91 94### #####,044-########",
        words="பொன்னி=ponni வைகை=vaigai சோழன்=chozhan",
        trades="நிறுவனம்=niruvanam டிரேடர்ஸ்=traders டெக்ஸ்டைல்ஸ்=textiles",
        suffixes="லிமிடெட்=ltd",
        shape="{word} {trade} {suffix}",
        remarks="காலை அழைக்கவும்.|விலைப்பட்டியல் தேவை.",
    ),
    Region(
        key="th_TH", country="TH", language="th", zone="Asia/Bangkok", currency="THB", weight=3,
        given="สมชาย=somchai สมศักดิ์=somsak วิชัย=wichai ประเสริฐ=prasert ณัฐพล=nattapon ธนา=thana "
        "กิตติ=kitti อนันต์=anan สุดา=suda มาลี=malee พิมพ์ชนก=pimchanok กัญญา=kanya อรทัย=orathai "
        "วันเพ็ญ=wanpen ปราณี=pranee จันทร์=chan",
        family="ศรีสุข=srisuk แสงทอง=saengthong ใจดี=jaidee วงศ์ใหญ่=wongyai บุญมี=boonmee ทองคำ=thongkham "
        "รุ่งเรือง=rungrueang สุวรรณ=suwan พงษ์พานิช=phongphanit จิตรักษ์=chitrak ปัญญาดี=panyadee "
        "มั่นคง=mankhong",
        more_given="ชัย=chai นพ=nop พร=porn วร=wara ศิริ=siri สม=som อภิ=api กมล=kamon จิรา=jira นันท=nanta + "
        "ชาติ=chat ชนก=chanok รัตน์=rat พร=porn วรรณ=wan เดช=det ศักดิ์=sak ลักษณ์=lak",
        more_family="ศรี=sri แสง=saeng ทอง=thong บุญ=boon วงศ์=wong สุข=suk พงษ์=phong รัตน=rattana ชัย=chai "
        "จันทร์=chan เพชร=phet มณี=manee กิตติ=kitti วิเศษ=wiset + พันธ์=phan มงคล=mongkol กุล=kun "
        "วัฒน์=wat เจริญ=charoen รักษ์=rak ดี=dee งาม=ngam สวัสดิ์=sawat ประเสริฐ=prasert ไพศาล=phaisan",
        cities="กรุงเทพมหานคร|กรุงเทพมหานคร,เชียงใหม่|เชียงใหม่,ภูเก็ต|ภูเก็ต,ขอนแก่น|ขอนแก่น",
        streets="ถนนสุขุมวิท,ถนนสีลม,ถนนพระราม 4,ถนนเจริญกรุง",
        street="{n} {street}", postal="#####",
        phones="+66 8# ### ####,08# ### ####,02 ### ####",
        words="สยาม=siam เจ้าพระยา=chaophraya ช้างทอง=changthong บัวขาว=buakhao ไทยรุ่ง=thairung",
        trades="การค้า=trading ขนส่ง=transport อาหาร=foods เทคโนโลยี=technology ก่อสร้าง=construction",
        suffixes="จำกัด=co",
        shape="บริษัท {word}{trade} {suffix}",
        remarks="โทรกลับหลังสงกรานต์|ต้องการใบเสนอราคาภาษาไทย",
    ),
)  # fmt: skip
